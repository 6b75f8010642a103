"""Repeating a run offline, and naming exactly what is no longer as it was.

A report is repeated from what its folder keeps (prices, plan) and what the store keeps (articles).
Beside that, today's configuration, sources, prices, word scores and versions are compared with
those that the run recorded, item by item.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from signals import __version__
from signals.batch.analyses import analyse_all
from signals.batch.config import Config
from signals.batch.confounds import read_confounds
from signals.batch.inputs import Inputs, inputs_of
from signals.batch.manifest import sha256
from signals.batch.prices import read_prices
from signals.batch.publish import MANIFEST
from signals.batch.read_sources import files_of
from signals.batch.report_files import (
    CLOSES,
    CONFOUNDS,
    INPUTS,
    WORDS,
    make_report,
)
from signals.batch.store import Store
from signals.batch.word_scores import read_words, weights_of, words_csv
from signals.errors import ArticleError, ConfigError, PriceError
from signals.news.article import Article, identify
from signals.sentiment.opening import open_scorer
from signals.sources.opening import open_source
from signals.versions import code_digest, versions

if TYPE_CHECKING:
    import pandas as pd

    from signals.sentiment.scorer import Scorer

_MISSING = "The store doesn't hold it."
_ALTERED = "The store holds another text, time or source of it."
_UNLIKE = {_MISSING, _ALTERED}
_KEYS = {"options", "made_of", "weights", "code", "files"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is no longer as it was: what kind, which one, and how it changed."""

    kind: str
    what: str
    detail: str


def verify_run(folder: Path, config: Config) -> list[Difference]:
    """Repeat a run and compare.

    Parameters
    ----------
    folder
        The folder of the run.
    config
        Today's configuration; its store must hold the run's articles.

    Returns
    -------
    What differs; empty when every byte can be had again.

    Raises
    ------
    ConfigError
        The folder holds no run.
    """
    manifest = manifest_of(folder)
    found = list(_files(folder, manifest))
    spoilt = {one.what for one in found}
    if {INPUTS, CLOSES, CONFOUNDS, WORDS} & spoilt:
        return found  # what the run recorded can't be trusted, so that nothing can be repeated
    record = _read_json(folder / INPUTS)
    today = json.loads(json.dumps(dict(config.options)))  # tuples as lists, as they were written
    found += _pairs("option", manifest["options"], today)
    found += _pairs("version", manifest["made_of"], {"signals": __version__, **versions()})
    with Store(config.state) as store:
        kept = store.articles_named(record["articles"])
        found += _articles(record, kept, config)
        inputs = inputs_of(
            record,
            kept,
            closes=(folder / CLOSES).read_bytes(),
            confounds=(folder / CONFOUNDS).read_bytes() if CONFOUNDS in manifest["files"] else None,
        )
        found += [*_prices(inputs, config), *_confounds(inputs, config)]
    scorer = open_scorer(inputs.plan.scorer)
    found += _words((folder / WORDS).read_bytes(), scorer, weights=manifest["weights"])
    # What is made with another program or without an article comes out otherwise anyhow.
    if any(one.kind in {"version", "word", "weights"} or one.detail in _UNLIKE for one in found):
        return found
    return [*found, *_differing_outputs(inputs, record["revised"], manifest, scorer=scorer)]


def _differing_outputs(
    inputs: Inputs, revised: Mapping[str, str], manifest: Mapping[str, Any], *, scorer: Scorer
) -> list[Difference]:
    """Make the report again, and say in which files its bytes differ."""
    analysed = analyse_all(inputs.articles, None, scorer=scorer, progress=lambda _: None)
    again = make_report(
        inputs, analysed, scorer=scorer, revised=revised, options=manifest["options"]
    )
    made = {name: sha256(content) for name, content in again.files.items() if name != MANIFEST}
    differing = list(_pairs("output", manifest["files"], made))
    if differing and manifest["code"] != code_digest():
        told = "The program's own files are not those of the run."
        return [Difference("code", "signals", told), *differing]
    return differing


def _files(folder: Path, manifest: Mapping[str, Any]) -> Iterator[Difference]:
    for name, digest in manifest["files"].items():
        path = folder / name
        if not path.is_file():
            yield Difference("file", name, "It is missing.")
        elif sha256(path.read_bytes()) != digest:
            yield Difference("file", name, "It was changed after the run.")


def _pairs(
    kind: str, recorded: Mapping[str, object], today: Mapping[str, object]
) -> Iterator[Difference]:
    for name in sorted({*recorded, *today}):
        old, new = recorded.get(name), today.get(name)
        if old != new:
            yield Difference(kind, name, f"{_spelled(old)} in the run, {_spelled(new)} now.")


def _spelled(value: object) -> str:
    return "nothing" if value is None else json.dumps(value, ensure_ascii=False)


def _articles(
    record: Mapping[str, Any], kept: Mapping[str, Article], config: Config
) -> Iterator[Difference]:
    """Compare the run's articles with the store, and with the files that can be read again."""
    for name in record["articles"]:
        if name not in kept:
            yield Difference("article", name, _MISSING)
    for name, article in kept.items():
        if identify(article.source, article.published, article.text) != name:
            yield Difference("article", f"{name} {article.title[:80]}", _ALTERED)
    today, unread, whole = _read_again(config)
    yield from unread
    new = {(one.source, one.title) for one in today.values() if one.id not in kept}
    gone = record.get("gone", ())  # in the run already
    for name, article in kept.items():
        if name in today or name in gone:
            continue
        if (article.source, article.title) in new:
            detail = "Its text or its time was changed."
        elif whole:
            detail = "Its file is gone, or changed."
        else:
            continue  # it may have come from a feed, or from a source that can't be read
        yield Difference("article", f"{name} {article.title[:80]}", detail)


def _read_again(config: Config) -> tuple[dict[str, Article], list[Difference], bool]:
    """Give the articles of today's files, which can't be read, and whether they show all there was.

    A feed moves on: that it shows an article no more is no change.
    """
    today: dict[str, Article] = {}
    unread = []
    for table in config.sources:
        if files_of(table) is None:
            continue
        source = open_source(table)
        try:
            today |= {one.id: one for one in source.read() if isinstance(one, Article)}
        except ArticleError as error:
            detail = f"It can't be read now: {error}"
            unread.append(Difference("source", source.name, detail))
    return today, unread, not unread and all(one["kind"] != "feed" for one in config.sources)


def _prices(inputs: Inputs, config: Config) -> Iterator[Difference]:
    """Compare the run's closes with those of today's files, one by one."""
    if config.prices.path is None:
        return  # a vendor's prices change with every dividend: the recorded ones count
    try:
        now = read_prices(
            config.prices, inputs.plan, inputs.days, state=config.state, offline=True
        ).closes
    except PriceError as error:
        yield Difference("prices", str(config.prices.path), f"They can't be read now: {error}")
        return
    for symbol in sorted({*inputs.closes.columns, *now.columns}):
        old, new = _series(inputs.closes, symbol), _series(now, symbol)
        for day in old.index.union(new.index):
            pair = (old.get(day), new.get(day))
            if pair[0] != pair[1]:
                detail = f"{_spelled(pair[0])} in the run, {_spelled(pair[1])} now."
                yield Difference("price", f"{symbol} {day:%Y-%m-%d}", detail)


def _confounds(inputs: Inputs, config: Config) -> Iterator[Difference]:
    """Compare the run's confounding dates with those of today's file, one by one."""
    if inputs.confounds is None or config.confounds is None:
        return  # that the option came or went is told as such
    try:
        now = read_confounds(config.confounds, inputs.plan, inputs.days)
    except ConfigError as error:
        yield Difference("confounds", str(config.confounds), f"They can't be read now: {error}")
        return
    recorded, today = map(_dates_of, (inputs.confounds, now))
    for date in sorted((recorded - today) | (today - recorded)):
        where = ("the run", "the file now") if recorded[date] else ("the file", "the run")
        if recorded[date] and today[date]:
            detail = f"{recorded[date]} times in the run, {today[date]} in the file now."
        else:
            detail = f"In {where[0]}, not in {where[1]}."
        yield Difference("confounds", date, detail)


def _dates_of(confounds: pd.DataFrame) -> Counter[str]:
    """Count confounding dates, spelled out, and rows that have none."""
    days = confounds["session"].dt.strftime("%Y-%m-%d").fillna("without a date")
    symbols = confounds["symbol"].fillna("no symbol")
    return Counter(f"{symbol} {day}" for symbol, day in zip(symbols, days, strict=True))


def _series(closes: pd.DataFrame, symbol: str) -> pd.Series[Any]:
    import pandas as pd

    return closes[symbol].dropna() if symbol in closes else pd.Series(dtype="float64")


def _words(content: bytes, scorer: Scorer, *, weights: str) -> Iterator[Difference]:
    """Compare the scores of single words; where none tells why, name the weights as a whole."""
    recorded = read_words(content)
    found = list(_pairs("word", recorded, read_words(words_csv(list(recorded), scorer))))
    yield from found
    if not found:
        yield from _pairs("weights", {"sentiment": weights}, {"sentiment": weights_of(scorer)})


def manifest_of(folder: Path) -> dict[str, Any]:
    """Read what a run wrote of itself.

    Raises
    ------
    ConfigError
        The folder holds no run of ``signals report``.
    """
    manifest = _read_json(folder / MANIFEST)
    if not manifest.keys() >= _KEYS:
        raise ConfigError(
            f"{folder / MANIFEST} is no record of a run of `signals report`; verify repeats no "
            "other."
        )
    return manifest


def _read_json(path: Path) -> dict[str, Any]:
    try:
        record = json.loads(path.read_bytes())
    except OSError as error:
        raise ConfigError(
            f"{path} can't be read: {error.strerror}. Name the folder of a run, such as "
            "out/daily/latest."
        ) from error
    except ValueError as error:
        raise ConfigError(f"{path} is no record of a run: {error}.") from error
    if not isinstance(record, dict):
        raise ConfigError(f"{path} is no record of a run.")
    return record
