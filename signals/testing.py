"""What any source, scorer or model has to keep to, ours or yours: one ``check_*`` a Protocol.

Call one in a test of your own object; it returns nothing, and raises AssertionError with what is
wrong. What a check runs, it runs twice: the same input gives the same output.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta

import numpy as np
import pandas as pd

from signals.exchanges import validate_symbol
from signals.market.prices import PriceSource, PriceTable, check_range
from signals.market.quality import FAULT_COLUMNS
from signals.news.article import Article
from signals.sentiment.asking import nearest_way
from signals.sentiment.scorer import NumberScorer, Scorer, TextScore
from signals.sources.refusals import Quarantined
from signals.sources.source import ArticleSource
from signals.study.models import ReturnModel, reads_columns

_TEXTS = (
    "",
    "Acme (NYSE:ACM) rose 3% after record results.",
    "Shares of Acme fell sharply: the outlook is bad, and auditors are worried!",
    "Die Aktie stieg. 株価は上昇した。 📈",
    "A" * 5000,
)


def check_article_source(source: ArticleSource) -> None:
    """Check that a source dates every article, explains every loss, and repeats itself.

    Raises
    ------
    AssertionError
        With what is wrong.
    """
    _demand(isinstance(source, ArticleSource), "It has no name and read().")
    _demand(bool(source.name) and "\\" not in source.name, f"{source.name!r} is no name.")
    _demand(not source.name.startswith("/"), f"{source.name!r} is a path of one machine.")
    items = list(source.read())
    for item in items:
        if isinstance(item, Quarantined):
            _check_quarantined(item, source.name)
        else:
            _check_article(item)
    _demand(items == list(source.read()), "Reading it twice gives two different things.")


def _check_quarantined(item: Quarantined, name: str) -> None:
    _demand(item.source == name, f"{item} says that it is of another source.")
    _demand(bool(re.fullmatch(r"[a-z_]+", item.reason)), f"{item.reason!r} is no reason code.")
    _demand(bool(item.place and item.detail), f"{item} doesn't say where or why.")
    _check_storable(item.place, item.detail, item.title)


def _check_article(item: object) -> None:
    if not isinstance(item, Article):
        told = f"It gives a {type(item).__name__}, no Article and no Quarantined."
        raise AssertionError(told)  # noqa: TRY004 - a check fails by AssertionError
    known_at = item.known_at
    if item.published is None or known_at is None:
        raise AssertionError(f"Article {item.id} has no time and isn't quarantined.")
    for stamp in (item.published, item.first_seen, item.updated):
        _demand(stamp is None or stamp.tzinfo is not None, f"{stamp} of {item.id} has no zone.")
    _demand(known_at.utcoffset() == timedelta(0), f"{item.id} is known at {known_at}, not in UTC.")
    _demand(item.published < known_at, f"{item.id} is known before it is published.")
    _demand(bool(re.fullmatch(r"[0-9a-f]{16}", item.id)), f"{item.id!r} is no id of an article.")
    _demand(bool(item.text.strip()), f"Article {item.id} is empty.")
    _check_storable(item.title, item.text, item.source)
    _demand(
        item.url == "" or bool(re.match(r"https?://\S+$", item.url, re.IGNORECASE)),
        f"{item.url[:80]!r} is no address that a report may link to.",
    )
    ends = [0]
    for zone in item.zones:
        _demand(ends[-1] <= zone.start < zone.end, f"{item.id}: {zone} overlaps another.")
        ends.append(zone.end)
    _demand(ends[-1] <= len(item.text), f"{item.id}: a zone ends after the text.")


def _check_storable(*texts: str) -> None:
    for text in texts:
        _demand("\x00" not in text, f"{text[:60]!r} holds a NUL.")
        _demand(not re.search("[\ud800-\udfff]", text), f"{text[:60]!r} holds half of a character.")


def check_price_source(
    source: PriceSource, symbols: Sequence[str], start: pd.Timestamp, end: pd.Timestamp
) -> None:
    """Check that a source gives sessions in order and a reason for each symbol without prices.

    And that the prices of a symbol are its own, in whatever company it is asked for.

    Parameters
    ----------
    source
        The source.
    symbols
        Some that it has; one that nobody has is added.
    start, end
        A range of sessions in which it has them.

    Raises
    ------
    AssertionError
        With what is wrong.
    """
    _demand(isinstance(source, PriceSource), "It has no history().")
    start, end = check_range(start, end)
    wanted = [validate_symbol(symbol) for symbol in symbols]
    asked = [*wanted, "NOBODYHAS.THIS"]
    table = source.history(asked, start, end)
    _demand(isinstance(table, PriceTable), "history() gives no PriceTable.")
    index = pd.DatetimeIndex(table.closes.index)
    _demand(index.name == "session" and index.tz is None, "The index isn't called session.")
    _demand(bool((index == index.normalize()).all()), "A session isn't a midnight.")
    _demand(index.is_monotonic_increasing and index.is_unique, "The sessions aren't in order.")
    _demand(not len(index) or (index[0] >= start and index[-1] <= end), "It leaves the range.")
    _demand(list(table.faults.columns) == list(FAULT_COLUMNS), "The faults have other columns.")
    for frame in (table.closes, table.opens, table.volume):
        if frame is not None:
            _demand(frame.index.equals(index), "Opens or volume have other sessions than closes.")
            _demand(list(frame) == list(table.closes), "Opens or volume have other symbols.")
            _demand(bool((frame.dtypes == np.float64).all()), "A column isn't float64.")
    for name, frame in (("close", table.closes), ("open", table.opens), ("volume", table.volume)):
        if frame is not None:
            held = frame.to_numpy()[frame.notna().to_numpy()]
            _demand(bool(np.isfinite(held).all()), f"One {name} is infinite.")
            _demand(bool((held >= 0).all()), f"One {name} is less than 0.")
            _demand(name == "volume" or bool((held > 0).all()), f"One {name} isn't more than 0.")
    refused = set(table.faults.loc[table.faults["action"] == "refused", "symbol"])
    for symbol in asked:
        priced = symbol in table.closes and bool(table.closes[symbol].notna().any())
        _demand(priced or symbol in refused, f"{symbol} is lost without a reason.")
    again = source.history(asked, start, end)
    _demand(table.snapshot.hash == again.snapshot.hash, "Asked twice, it gives other prices.")
    _check_same_prices(table, again, asked, "twice")
    alone = [([symbol], "by itself") for symbol in wanted]
    for these, how in ((asked[::-1], "in another order"), *alone):
        _check_same_prices(table, source.history(these, start, end), these, how)


def _check_same_prices(
    table: PriceTable, other: PriceTable, symbols: Sequence[str], how: str
) -> None:
    """Check that each symbol has the same prices in both, on the sessions on which it has any."""
    for mine, theirs in (
        (table.closes, other.closes),
        (table.opens, other.opens),
        (table.volume, other.volume),
    ):
        for symbol in symbols if mine is not None else ():
            told = f"{symbol}, asked for {how}, has other prices."
            _demand(_prices_of(symbol, mine).equals(_prices_of(symbol, theirs)), told)


def _prices_of(symbol: str, frame: pd.DataFrame | None) -> pd.Series[float]:
    if frame is None or symbol not in frame:
        return pd.Series(dtype=np.float64)
    held: pd.Series[float] = frame[symbol].dropna()
    return held


def check_scorer(scorer: Scorer, texts: Sequence[str] = _TEXTS) -> None:
    """Check that a scorer gives each text a score in [-1, 1] that its contributions add up to.

    Its label does not say the opposite of the score, and its probabilities are some.

    Raises
    ------
    AssertionError
        With what is wrong.
    """
    _demand(isinstance(scorer, Scorer) and bool(scorer.name), "It has no name and score_texts().")
    scored = scorer.score_texts(list(texts))
    _demand(len(scored) == len(texts), f"{len(texts)} texts give {len(scored)} scores.")
    for text, found in zip(texts, scored, strict=True):
        _check_score(text, found)
    _demand(scored == scorer.score_texts(list(texts)), "The same texts get other scores.")
    alone = [scorer.score_texts([text])[0] for text in texts]
    _demand(scored == alone, "A text's score depends on the texts beside it.")
    _demand(scorer.score_texts([]) == [], "No text gives a score.")
    if isinstance(scorer, NumberScorer) and nearest_way(scorer) == "scores_of":
        told = "scores_of() or score_text() says something else than score_texts()."
        _demand([*scorer.scores_of(list(texts))] == [one.score for one in scored], told)
        _demand([*map(scorer.score_text, texts)] == scored, told)


def _check_score(text: str, found: TextScore) -> None:
    shown = f"{text[:40]!r}"
    kind = type(found).__name__
    _demand(isinstance(found, TextScore), f"{shown} gives {kind}, no TextScore.")
    _demand(-1 <= found.score <= 1, f"{shown} scores {found.score}, outside of [-1, 1].")
    _demand(
        found.label in {"positive", "neutral", "negative"}, f"{shown} has label {found.label!r}."
    )
    if found.probabilities is not None:
        given = found.probabilities.values()
        _demand(all(0 <= one <= 1 for one in given), f"{shown}: one probability isn't in 0 to 1.")
        total = sum(given)
        _demand(abs(total - 1) < 1e-6, f"{shown}: the probabilities add up to {total}.")
    total = sum(part.value for part in found.contributions)
    _demand(
        not found.contributions or abs(total - found.score) < 1e-9,
        f"{shown}: contributions of {total} don't add up to {found.score}.",
    )
    opposed = {"positive": found.score < 0, "negative": found.score > 0}
    _demand(
        not opposed.get(found.label), f"{shown} scores {found.score} and is labelled {found.label}."
    )
    for part in found.contributions:
        _demand(0 <= part.start <= part.end <= len(text), f"{shown}: {part} lies outside of it.")


def check_return_model(model: ReturnModel, *, seed: int = 0) -> None:
    """Check that a model keeps its shapes, leaves holes out, and looks at no later session.

    Parameters
    ----------
    model
        The model.
    seed
        Of the returns that it is tried on.

    Raises
    ------
    AssertionError
        With what is wrong.
    """
    _demand(isinstance(model, ReturnModel), "It lacks name, inputs, parameters, design or fit.")
    generator = np.random.default_rng(seed)
    inputs = generator.normal(0, 0.01, (3, 80, len(model.inputs)))
    returns = generator.normal(0, 0.02, (3, 80)) + inputs.sum(axis=2)
    returns[1, 5] = np.nan
    y, x = model.design(returns.copy(), inputs.copy())
    k = len(model.parameters)
    _demand(y.shape == (3, 80) and x.shape == (3, 80, k), "design() gives other shapes.")
    later, their_inputs = returns.copy(), inputs.copy()
    later[:, 60:] += 1
    their_inputs[:, 60:] += 1
    y_then, x_then = model.design(later, their_inputs)
    _demand(
        np.array_equal(y[:, :60], y_then[:, :60], equal_nan=True)
        and np.array_equal(x[:, :60], x_then[:, :60], equal_nan=True),
        "design() lets a later session change an earlier one.",
    )
    if reads_columns(model):
        planes = list(inputs.transpose(2, 0, 1).copy())
        given = returns.copy()
        columns = [np.ones(y.shape), *model.columns(planes)]
        _demand(
            np.array_equal(model.response(given, planes), y, equal_nan=True)
            and np.array_equal(np.stack(columns, axis=2), x, equal_nan=True),
            "response() and columns() say something else than design().",
        )
        _demand(
            np.array_equal(given, returns, equal_nan=True)
            and all(map(np.array_equal, planes, inputs.transpose(2, 0, 1))),
            "response() or columns() write into what they are given.",
        )
    fit = model.fit(y, x)
    _demand(fit.coefficients.shape == (3, k), "fit() gives other coefficients than parameters.")
    _demand(fit.inverse.shape == (3, k, k), "fit() gives an inverse of another shape.")
    _demand(bool((fit.sigma > 0).all() and (fit.df > 0).all()), "A fit has no spread.")
    _demand(fit.n_obs.tolist() == [80, 79, 80], "A hole is counted as an observation.")
    alone = model.fit(y[:1], x[:1])
    _demand(np.allclose(fit.sigma[:1], alone.sigma), "An event's fit depends on the others.")


def _demand(holds: bool, otherwise: str) -> None:  # noqa: FBT001 - it is what an assertion takes
    if not holds:
        raise AssertionError(otherwise)
