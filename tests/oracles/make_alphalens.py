"""Answers of alphalens-reloaded on a synthetic signal; run where it is installed.

python make_alphalens.py writes alphalens.json beside itself: the input is drawn from a seed by
``draw``, which the test imports, so that only the answers are stored.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd

HORIZONS = (1, 2, 5)
QUANTILES = 5


def draw(sessions: pd.DatetimeIndex, names: int = 23) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw scores and prices, sessions x names; scores predict a little and some are tied."""
    rng = np.random.default_rng(20240607)
    symbols = [f"N{place:02d}" for place in range(names)]
    scores = np.round(rng.standard_normal((len(sessions), names)), 2)
    moves = 0.02 * rng.standard_normal(scores.shape)
    moves[1:] += 0.003 * scores[:-1]
    prices = 50 * np.cumprod(1 + moves, axis=0)
    return (
        pd.DataFrame(scores, index=sessions, columns=symbols),
        pd.DataFrame(prices, index=sessions, columns=symbols),
    )


def main() -> None:
    import alphalens
    from alphalens import performance, utils

    sessions = pd.bdate_range("2023-03-06", "2023-05-19").difference(
        pd.DatetimeIndex(["2023-04-07"])
    )
    scores, prices = draw(sessions)
    factor = scores.stack()  # noqa: PD013 - what alphalens takes
    factor.index = factor.index.set_names(["date", "asset"])
    data = utils.get_clean_factor_and_forward_returns(
        factor, prices, quantiles=QUANTILES, periods=HORIZONS, max_loss=1
    )
    ic = performance.factor_information_coefficient(data)
    means, _ = performance.mean_return_by_quantile(data, demeaned=False)
    relative, _ = performance.mean_return_by_quantile(data, demeaned=True)
    turnover = {
        str(lag): float(
            performance.quantile_turnover(data["factor_quantile"], QUANTILES, lag).mean()
        )
        for lag in HORIZONS
    }
    answers = {
        "alphalens": alphalens.__version__,
        "pandas": pd.__version__,
        "sessions": [f"{day:%Y-%m-%d}" for day in sessions],
        "complete": [f"{day:%Y-%m-%d}" for day in ic.index],
        "ic": {name: ic[name].tolist() for name in ic},
        "quantile": data["factor_quantile"].tolist(),
        "means": {name: means[name].tolist() for name in means},
        "relative": {name: relative[name].tolist() for name in relative},
        "top_turnover": turnover,
    }
    path = Path(__file__).with_name("alphalens.json")
    path.write_text(json.dumps(answers, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
