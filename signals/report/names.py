"""What tests and return models are called for a reader, and how models work in a sentence."""

from __future__ import annotations

from collections.abc import Mapping

TEST_NAMES: Mapping[str, str] = {
    "cosine": "calendar-time cosine test",
    "generalised_kp": "generalised Kolari-Pynnönen test",
    "bmp": "Boehmer-Musumeci-Poulsen test",
    "cross_sectional_t": "cross-sectional t test",
    "skewness_adjusted_t": "t test adjusted for skewness",
    "patell": "Patell test",
    "adjusted_patell": "Patell test, adjusted for correlation",
    "kp_bmp": "Kolari-Pynnönen test",
    "bmp_episode": "Boehmer-Musumeci-Poulsen test, by episode",
    "bmp_date": "Boehmer-Musumeci-Poulsen test, by session",
    "bmp_two_way": "Boehmer-Musumeci-Poulsen test, by episode and session",
    "crude_dependence": "test against the deviation before the events",
    "rank": "Corrado-Zivney rank test",
    "grank_t": "generalised rank t test",
    "grank_z": "generalised rank z test",
    "sign": "sign test",
    "generalised_sign": "generalised sign test",
    "wilcoxon": "Wilcoxon signed-rank test",
    "t": "t test of one event",
    "placebo": "placebo rank",
}

MODEL_NAMES: Mapping[str, str] = {
    "mean": "mean-adjusted",
    "market_adjusted": "market-adjusted",
    "market": "market model",
    "capm": "CAPM",
    "ff3": "Fama-French, 3 factors",
    "ff3_momentum": "Fama-French, 3 and momentum",
    "ff5": "Fama-French, 5 factors",
    "ff5_momentum": "Fama-French, 5 and momentum",
    "dimson": "Dimson beta",
    "scholes_williams": "Scholes-Williams beta",
}

_FACTORS = "A security's return beyond the riskless one is alpha plus betas times"
_THIN = (
    "For shares that trade thinly: the beta also counts the market of the session before and of "
    "the one after"
)

_MODEL_WORDS: Mapping[str, str] = {
    "market": (
        "A security's return is alpha + beta times the market's, by least squares; what is "
        "left is abnormal."
    ),
    "mean": (
        "A security's expected return is its mean over the estimation window; what is left is "
        "abnormal."
    ),
    "market_adjusted": ("A security's expected return is the market's; what is left is abnormal."),
    "capm": (
        "A security's return beyond the riskless one is alpha + beta times the market's beyond it, "
        "by least squares; what is left is abnormal."
    ),
    "ff3": f"{_FACTORS} those of the market, of size and of value; what is left is abnormal.",
    "ff3_momentum": (
        f"{_FACTORS} those of the market, of size, value and momentum; what is left is abnormal."
    ),
    "ff5": (
        f"{_FACTORS} those of the market, of size, value, profitability and investment; what is "
        "left is abnormal."
    ),
    "ff5_momentum": (
        f"{_FACTORS} those of the market, of size, value, profitability, investment and momentum; "
        "what is left is abnormal."
    ),
    "dimson": f"{_THIN}, all three by least squares (Dimson 1979).",
    "scholes_williams": f"{_THIN} (Scholes and Williams 1977).",
}


def model_words(model: str, returns: str = "simple") -> str:
    """Say in a sentence or two how a return model works; a model of one's own is named only."""
    name = MODEL_NAMES.get(model, model)
    logs = " Returns are logarithms, also of the market." if returns == "log" else ""
    return f"Return model: {name}. {_MODEL_WORDS.get(model, '')}".rstrip() + logs
