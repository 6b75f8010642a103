"""What return models are called for a reader, and how they work in a sentence."""

from __future__ import annotations

from collections.abc import Mapping

_FACTORS = "A security's return beyond the riskless one is alpha plus betas times"
_THIN = (
    "For shares that trade thinly: the beta also counts the market of the session before and of "
    "the one after"
)

MODEL_WORDS: Mapping[str, tuple[str, str]] = {
    "mean": (
        "mean-adjusted",
        (
            "A security's expected return is its mean over the estimation window; what is left is "
            "abnormal."
        ),
    ),
    "market_adjusted": (
        "market-adjusted",
        "A security's expected return is the market's; what is left is abnormal.",
    ),
    "market": (
        "market model",
        (
            "A security's return is alpha + beta times the market's, by least squares; what is "
            "left is abnormal."
        ),
    ),
    "capm": (
        "CAPM",
        (
            "A security's return beyond the riskless one is alpha + beta times the market's beyond it, "
            "by least squares; what is left is abnormal."
        ),
    ),
    "ff3": (
        "Fama-French, 3 factors",
        f"{_FACTORS} those of the market, of size and of value; what is left is abnormal.",
    ),
    "ff3_momentum": (
        "Fama-French, 3 and momentum",
        f"{_FACTORS} those of the market, of size, value and momentum; what is left is abnormal.",
    ),
    "ff5": (
        "Fama-French, 5 factors",
        (
            f"{_FACTORS} those of the market, of size, value, profitability and investment; what is "
            "left is abnormal."
        ),
    ),
    "ff5_momentum": (
        "Fama-French, 5 and momentum",
        (
            f"{_FACTORS} those of the market, of size, value, profitability, investment and momentum; "
            "what is left is abnormal."
        ),
    ),
    "dimson": (
        "Dimson beta",
        f"{_THIN}, all three by least squares (Dimson 1979).",
    ),
    "scholes_williams": (
        "Scholes-Williams beta",
        f"{_THIN} (Scholes and Williams 1977).",
    ),
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
