"""Returns from trade to trade: what to do where a share has sessions without a price.

By default a return over several sessions is dropped: the pair is missing. Here it is kept, beside
what the market did over the same sessions. A return over n sessions has n times the mean and n
times the variance of one, so that both sides are divided by √n before the model is fitted, and the
forecast error of such a return is s²(n + x'Ax). A window's sum is known when it begins and ends at
a price; a hole inside it is bridged by the next return.

Maynes and Rumsey, "Conducting event studies with thinly traded stocks", Journal of Banking &
Finance 17 (1993).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from signals.errors import StudyError
from signals.study.fits import Fit, Floats
from signals.study.models import ReturnModel, leads_of

_SPAN = "sessions since the last price"


@dataclass(frozen=True)
class TradeToTrade:
    """A return model whose constant counts the sessions that a return covers.

    It reads the series of ``model`` and one more: the number of sessions since the last price.
    """

    model: ReturnModel

    @property
    def name(self) -> str:
        """What tables call it."""
        return self.model.name

    @property
    def inputs(self) -> tuple[str, ...]:
        """The series of the model, and the sessions that each return covers."""
        return (*self.model.inputs, _SPAN)

    @property
    def parameters(self) -> tuple[str, ...]:
        """Those of the model; alpha is by session."""
        return self.model.parameters

    def design(self, returns: Floats, inputs: Floats) -> tuple[Floats, Floats]:
        """Give y and x of the model, with the sessions covered in place of ones."""
        y, x = self.model.design(returns, inputs[:, :, :-1])
        if not (x[:, :, 0] == 1).all():
            raise StudyError(
                f"missing='trade_to_trade' takes a model whose first regressor is a constant; "
                f"that of {self.name!r} is none."
            )
        x[:, :, 0] = inputs[:, :, -1]
        return y, x

    def fit(self, y: Floats, x: Floats) -> Fit:
        """Fit the model with both sides divided by √n."""
        return self.model.fit(*weigh(y, x))


def check_bridging(model: ReturnModel) -> None:
    """Raise a StudyError where a model treats thin trading in its own way."""
    if any(leads_of(model)):
        raise StudyError(
            f"The model {model.name!r} reads the market of neighbouring sessions, and returns from "
            "trade to trade have none: choose one of the two remedies for thin trading."
        )


def weigh(y: Floats, x: Floats) -> tuple[Floats, Floats]:
    """Divide y (N, sessions) and x (N, sessions, k) by √n, so that all residuals vary alike."""
    root = np.sqrt(x[:, :, 0])
    return y / root, x / root[:, :, None]


def join(y: Floats, x: Floats) -> tuple[Floats, Floats]:
    """Give y and x of a window so that they can be added up over its holes.

    A hole that a later return of the window covers is zero. A window that doesn't begin and end
    at a price is NaN throughout.
    """
    known = np.isfinite(y) & np.isfinite(x).all(axis=2)
    covered = np.where(known, x[:, :, 0], 0.0).sum(axis=1)
    whole = known[:, -1] & (covered == y.shape[1])
    hole = np.where(whole, 0.0, np.nan)[:, None]
    return np.where(known & whole[:, None], y, hole), np.where(
        (known & whole[:, None])[:, :, None], x, hole[:, :, None]
    )
