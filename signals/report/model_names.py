"""What return models are called for a reader, and how they work in a sentence."""

from __future__ import annotations

from collections.abc import Mapping

_EXCESS = "A security's return beyond the riskless one is"
_FACTORS = f"{_EXCESS} alpha plus betas times those of the market, of"
_THIN = (
    "For shares that trade thinly: the beta also counts the market of the session before and of "
    "the one after"
)

_LEFT = "what is left is abnormal."

MODEL_WORDS: Mapping[str, tuple[str, str]] = {
    "mean": (
        "mean-adjusted",
        f"A security's expected return is its mean over the estimation window; {_LEFT}",
    ),
    "market_adjusted": (
        "market-adjusted",
        f"A security's expected return is the market's; {_LEFT}",
    ),
    "market": (
        "market model",
        f"A security's return is alpha + beta times the market's, by least squares; {_LEFT}",
    ),
    "capm": (
        "CAPM",
        f"{_EXCESS} alpha + beta times the market's beyond it, by least squares; {_LEFT}",
    ),
    "ff3": ("Fama-French, 3 factors", f"{_FACTORS} size and of value; {_LEFT}"),
    "ff3_momentum": (
        "Fama-French, 3 and momentum",
        f"{_FACTORS} size, value and momentum; {_LEFT}",
    ),
    "ff5": (
        "Fama-French, 5 factors",
        f"{_FACTORS} size, value, profitability and investment; {_LEFT}",
    ),
    "ff5_momentum": (
        "Fama-French, 5 and momentum",
        f"{_FACTORS} size, value, profitability, investment and momentum; {_LEFT}",
    ),
    "dimson": ("Dimson beta", f"{_THIN}, all three by least squares (Dimson 1979)."),
    "scholes_williams": ("Scholes-Williams beta", f"{_THIN} (Scholes and Williams 1977)."),
}
"""Name of a model -> what it is called for a reader, and how it works in a sentence."""


def model_name(model: str) -> str:
    """Give what a model is called; one of a reader's own goes by its name."""
    return MODEL_WORDS.get(model, (model, ""))[0]


def model_words(model: str, returns: str = "simple") -> str:
    """Say in a sentence or two how a return model works; a model of one's own is named only."""
    name, how = MODEL_WORDS.get(model, (model, ""))
    logs = " Returns are logarithms, also of the market." if returns == "log" else ""
    return f"Return model: {name}. {how}".rstrip() + logs
