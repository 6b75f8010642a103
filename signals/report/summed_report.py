"""The report of a study of very many events, of which only sums are at hand, and a few events.

It says what a report of fewer events says, but for second looks that draw at random and for losses
one by one: those are counted, and the tables beside the report have them all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import pandas as pd

from signals.report import spelling
from signals.report.build import JOINT, MOST_EVENTS, SCORE
from signals.report.gallery import Drawing
from signals.report.html import Loss, ReportData, TogetherSection, WindowRow
from signals.report.losses import counted_loss, status_words
from signals.report.price_section import price_section
from signals.report.study_gallery import (
    MOST_LOOKED_AT,
    largest_drawing,
    mean_drawing,
    score_drawing,
)
from signals.report.study_looks import (
    Looks,
    pooling_words,
    second_looks,
    sentiment_section,
    spread_words,
)
from signals.report.study_sections import (
    CLOCKS,
    estimate_rows,
    first_tellings,
    mean_row,
    method_words,
    window_rows,
)
from signals.report.verdicts import means_words
from signals.report.with_without import without_recaps_words
from signals.study.result import EventStudy
from signals.study.study_sums import FIRST_TELLINGS
from signals.study.summed_study import SummedStudy
from signals.study.tallies import Fate, Tallies

_IN_PARTS = (
    "The events were studied in parts, by company, whose sums were added up. What needs all events "
    "at once was not made: the plots of other return models, of random sessions and of how often "
    "tests reject, and the tests that rank the events or correlate them. A study of up to "
    f"{MOST_LOOKED_AT:,} events has them."
)


@dataclass(frozen=True, eq=False)
class SummedFindings:
    """What is known of a study of very many events.

    Attributes
    ----------
    study, without_recaps
        Its tables, and those without the events whose story tells that the share had moved; None
        where no story tells that, or each.
    recaps_alone
        Those of such events alone, likewise.
    tallies
        What became of the events.
    first, largest
        A study of the events that are shown one by one: the first of all, and those that moved
        most for their noise.
    set_aside
        What the corpus lost before any event, such as files that could not be read, in rows of a
        status table.
    """

    study: SummedStudy
    without_recaps: SummedStudy | None
    recaps_alone: SummedStudy | None
    tallies: Tallies
    first: EventStudy
    largest: EventStudy
    set_aside: Sequence[dict[str, object]]


def draw_summed(found: SummedFindings) -> dict[str, tuple[Drawing, ...]]:
    """Draw the figures: the mean, the events that moved most, the mean by sign of the score."""
    study = found.study
    largest = [str(key) for key in found.largest.events.index]
    mean = mean_drawing(study, study.count(study.clock))
    drawings: dict[str, tuple[Drawing, ...]] = {
        JOINT: (mean, largest_drawing(found.largest, largest))
    }
    if _has_scores(study):
        drawings[SCORE] = (score_drawing(study),)
    return drawings


def summed_data(
    found: SummedFindings,
    drawings: Mapping[str, Sequence[Drawing]],
    *,
    generator: str,
    manifest: Sequence[tuple[str, str]],
) -> ReportData:
    """Make the report's data; see ``report_data``."""
    study, window = found.study, found.study.headline
    words = _pooling(found.tallies)
    figures = {key: tuple(one.part() for one in group) for key, group in drawings.items()}
    means = _mean_rows(found)
    score, summary = None, list[str]()
    if _has_scores(study):
        table = study.sentiment()
        others = found.without_recaps
        score = sentiment_section(
            table,
            window,
            words=words,
            figures=figures[SCORE],
            without_recaps=None if others is None else others.sentiment(),
        )
        summary.append(spread_words(pd.Series(study.spread()), window))
        if others is not None:
            measured = study.count(study.clock)
            counts = measured - others.count(study.clock), measured
            summary.append(without_recaps_words(counts, pd.Series(others.spread())))
    shown = tuple(chain.from_iterable(window_rows(found.first).values()))
    told = means_words(means, n=found.tallies.studied, repeated=found.tallies.echoes)
    decided = tuple(row for row in shown if row.decides)
    return ReportData(
        title=f"Event study of {found.tallies.studied:,} events",
        summary=tuple(summary),
        articles=(),
        together=TogetherSection(told, means, figures[JOINT], decided),
        estimates=estimate_rows(found.first, most=MOST_EVENTS),
        method=method_words(
            study.settings, n_events=found.tallies.studied, joint=True, most=MOST_EVENTS
        ),
        losses=(
            *(Loss(str(one["article"]), "lost", str(one["detail"])) for one in found.set_aside),
            *(_loss(fate) for fate in found.tallies.fates),
        ),
        prices=price_section(study.prices),
        manifest=tuple(manifest),
        generator=generator,
        score=score,
        looks=(second_looks(_looks(found, (*words, _IN_PARTS)), window),),
    )


def _has_scores(study: SummedStudy) -> bool:
    return all(study.count(study.clock, f"sign {sign}") for sign in ("positive", "negative"))


def _pooling(tallies: Tallies) -> tuple[str, ...]:
    if not 0 < tallies.dated < tallies.studied:
        return ()
    return pooling_words(tallies.studied - tallies.dated, tallies.dated)


def _mean_rows(found: SummedFindings) -> tuple[WindowRow, ...]:
    """Give the means by clock, and once more of first tellings where some are echoes."""
    study = found.study
    clocks = CLOCKS if study.mixes_precisions else {study.clock: ""}
    rows = [(study.caar(clock=clock), name) for clock, name in clocks.items()]
    if 0 < found.tallies.echoes < found.tallies.studied:
        rows += [
            (study.caar(clock=clock, group=FIRST_TELLINGS), first_tellings(name))
            for clock, name in clocks.items()
        ]
    return tuple(
        mean_row(row, study.headline, name) for table, name in rows for _, row in table.iterrows()
    )


def _looks(found: SummedFindings, words: tuple[str, ...]) -> Looks:
    study, tallies, window = found.study, found.tallies, found.study.headline
    before = study.settings.drift
    groups = {key.group for key in study.sums.groups if key.clock == study.clock}
    has_phases = sum(group.startswith("phase ") for group in groups) > 1
    years = pd.DataFrame.from_dict(
        dict(sorted(tallies.years.items())), orient="index", columns=["events", "unpriced"]
    )
    return Looks(
        before=before[0] if before else None,
        drift=study.drift() if before else pd.DataFrame(),
        phases=study.by("phase", (study.headline,), adjust="holm") if has_phases else None,
        flags={
            name: (flag.n, [" ".join(one) for one in flag.first])
            for name, flag in tallies.flags.items()
        },
        n=tallies.studied,
        years=years,
        words=words,
        within=study.settings.window,
        tests=study.tests(window),
        confounds=study.confounds(),
        recaps=_recaps(found),
    )


def _recaps(found: SummedFindings) -> pd.DataFrame | None:
    """Give ``caar`` with and without stories that tell of the move; None where all are alike."""
    if found.without_recaps is None:
        return None
    parts = {"all": found.study, "without": found.without_recaps, "with": found.recaps_alone}
    windows = (found.study.headline,)
    table: pd.DataFrame = pd.concat(
        {name: part.caar(windows) for name, part in parts.items() if part is not None},
        names=["recap"],
    )
    return table


def _loss(fate: Fate) -> Loss:
    """Tell of all events with one fate, and of the first of them what it was."""
    what, status = f"{fate.symbol}, {fate.session}", status_words(fate.status)
    first = Loss(what, status, spelling.printable(fate.detail))
    return counted_loss(fate.n, first, fate.reason)
