"""Every file of a report, made from its inputs alone: the same inputs give the same bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from signals import __version__
from signals.batch.daily_data import daily_data, summary_of
from signals.batch.inputs import Inputs, closes_csv, confounds_csv
from signals.batch.mail import mail_bytes
from signals.batch.manifest import manifest_bytes, sha256
from signals.batch.publish import MANIFEST
from signals.batch.records import Analysed
from signals.batch.results import DayResults, day_results
from signals.batch.story_sections import remark_of
from signals.batch.tablefiles import events_table, parquet_bytes
from signals.batch.word_scores import weights_of, words_csv
from signals.csvtables import csv_bytes
from signals.report.daily import render_daily
from signals.report.daily_text import daily_markdown, subject_line
from signals.report.figures import render_png
from signals.versions import code_digest, versions

if TYPE_CHECKING:
    from signals.sentiment.scorer import Scorer

INPUTS, CLOSES, WORDS = "inputs/inputs.json", "inputs/closes.csv", "inputs/words.csv"
CONFOUNDS = "inputs/confounds.csv"


@dataclass(frozen=True, eq=False)
class Report:
    """A report: its files by name, its results, and what the next is compared with."""

    files: Mapping[str, bytes]
    results: DayResults
    summary: Mapping[str, Any]


def make_report(
    inputs: Inputs,
    analysed: Mapping[str, Analysed],
    *,
    scorer: Scorer,
    revised: Mapping[str, str],
    options: Mapping[str, object],
) -> Report:
    """Make every file of a report.

    Parameters
    ----------
    inputs
        Everything that goes in.
    analysed
        What was found in each of its articles, by id.
    scorer
        What scored them.
    revised
        Article -> the one that it corrects.
    options
        The configuration as it was written, for the manifest.
    """
    day = day_results(inputs, analysed, scorer=scorer, revised=revised)
    recorded = _recorded(inputs, day, analysed, revised=revised, scorer=scorer)
    made_of = {"signals": __version__, **versions()}
    hashes = [(name, sha256(content)) for name, content in recorded.items()]
    data, drawings = daily_data(
        inputs,
        day,
        scorer=scorer,
        revised=revised,
        manifest=(*hashes, ("sentiment", weights_of(scorer)), *made_of.items()),
    )
    html, text = render_daily(data), daily_markdown(data)
    images = tuple(f"cid:{drawing.name}" for drawing in drawings)
    pngs = [(drawing.name, render_png(drawing.figure)) for drawing in drawings]
    files = {
        "report.html": html.encode("utf-8", "replace"),
        "report.md": text.encode("utf-8", "replace"),
        "report.eml": mail_bytes(
            subject_line(data),
            text=text,
            html=render_daily(data, images=images) if images else html,
            figures=pngs,
        ),
        "symbols.csv": csv_bytes(_symbols(data.symbols)),
        "stories.csv": csv_bytes(_stories(inputs, day, revised)),
        "events.csv": csv_bytes(events_table(day.events)),
        "status.csv": csv_bytes(day.status),
        "funnel.csv": csv_bytes(_funnel(day)),
        **{f"figures/{drawing.name}.svg": drawing.svg.encode() for drawing in drawings},
        **{f"figures/{name}.png": png for name, png in pngs},
        **recorded,
    }
    if "pyarrow" in made_of:
        files["events.parquet"] = parquet_bytes(day.events)
    files[MANIFEST] = manifest_bytes(
        {
            "session": inputs.label,
            "options": dict(options),
            "made_of": made_of,
            "weights": weights_of(scorer),
            "code": code_digest(),
            "files": {name: sha256(content) for name, content in sorted(files.items())},
        }
    )
    return Report(files, day, summary_of(inputs, data, day))


def _recorded(
    inputs: Inputs,
    day: DayResults,
    analysed: Mapping[str, Analysed],
    *,
    revised: Mapping[str, str],
    scorer: Scorer,
) -> dict[str, bytes]:
    """Write what a run is repeated from, and the score of each word on which the report rests."""
    told = {name for names in day.events["article_ids"] for name in names.split()}
    told |= {one.article.id for one in day.links}
    words = {word for name in told if name in analysed for word in analysed[name].words}
    files = {
        INPUTS: manifest_bytes({**inputs.record(), "revised": dict(sorted(revised.items()))}),
        CLOSES: closes_csv(inputs.closes),
        WORDS: words_csv(sorted(words), scorer),
    }
    if inputs.confounds is not None:
        files[CONFOUNDS] = confounds_csv(inputs.confounds)
    return files


def _symbols(rows: tuple[Any, ...]) -> pd.DataFrame:
    names = (
        "symbol name session stories echoes score label move effect ci_low ci_high p_value "
        "placebo_p n_obs flagged"
    ).split()
    table = pd.DataFrame([[getattr(row, name) for name in names] for row in rows], columns=names)
    table["n_obs"] = table["n_obs"].astype("Int64")
    table["flags"] = ["; ".join(row.flags) for row in rows]
    table["remark"] = [row.remark for row in rows]
    table["pending"] = [row.pending for row in rows]
    table["pending_score"] = [row.pending_score for row in rows]
    return table


def _stories(inputs: Inputs, day: DayResults, revised: Mapping[str, str]) -> pd.DataFrame:
    told = {one.opening.article_id: one for one in day.stories.told}
    rows = [
        {
            "symbol": one.score.symbol,
            "article_id": one.article.id,
            "story_id": told[one.article.id].story_id,
            "kind": told[one.article.id].kind,
            "follows": told[one.article.id].follows,
            "known_at": one.article.known_at.isoformat() if one.article.known_at else "",
            "title": one.article.title,
            "source": one.article.source,
            "url": one.article.url,
            "score": one.score.score,
            "label": one.score.label,
            "relevance": one.score.relevance,
            "novelty": day.stories[one.article.id].about(one.score.company),
            "remark": remark_of(inputs, told[one.article.id], one, revised),
        }
        for one in day.links
    ]
    names = (
        "symbol article_id story_id kind follows known_at title source url score label relevance "
        "novelty remark"
    )
    return pd.DataFrame(rows, columns=names.split())


def _funnel(day: DayResults) -> pd.DataFrame:
    names = "name unit entered left lost pending aside".split()
    rows = [[getattr(step, name) for name in names] for step in day.funnel.steps]
    table = pd.DataFrame(rows, columns=names)
    table["reasons"] = ["; ".join(step.reasons) for step in day.funnel.steps]
    return table
