"""The tear sheet of an evaluation: its words, tables and figures as one HTML page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from signals.report import spelling
from signals.report.evaluation_plots import (
    plot_coverage,
    plot_ic,
    plot_placebo,
    plot_quantiles,
    plot_spread,
)
from signals.report.figures import draw, render_svg
from signals.report.html import FigurePart, Loss, Section, Table, render_page
from signals.report.price_section import price_section
from signals.report.provenance import provenance

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from matplotlib.axes import Axes

    from signals.study.confounds import Placebo
    from signals.study.evaluation import Evaluation

_PLACEBO_WORK = 20_000_000  # observations that all placebos of a page may go through
_ENTRY = (
    "An entry is the first open at least 5 minutes after a story was known or, with closes only, "
    "the first close at least 15 minutes after it. The market is entered at the same instant."
)
_COEFFICIENT = (
    "A session's coefficient is Spearman's, with mid-ranks, over the companies that enter in it; "
    "it counts with five names or more and weighs as many as it has, less one."
)
_TEST = (
    "Intervals and p-values are those of the cosine test on the series of coefficients, gaps kept: "
    "it holds its size when scores persist and returns overlap. The usual t-test rejects a third "
    "to a half of true nulls there; its p-value stands beside it only to compare."
)
_HOLM = "Holm's correction keeps the chance of any false finding among the horizons at 5 %."


@dataclass(frozen=True, slots=True)
class EvaluationPage:
    """Everything that a tear sheet says; the same data gives the same bytes."""

    title: str
    verdict: tuple[str, ...]
    sections: tuple[Section, ...]
    method: tuple[str, ...]
    losses: tuple[Loss, ...]
    manifest: tuple[tuple[str, str], ...]
    generator: str
    language: str = "en"


def evaluation_report(evaluation: Evaluation, *, generator: str) -> str:
    """Make the tear sheet of an evaluation, with what it was made of."""
    manifest = provenance((), evaluation.sample.panel.table)
    return evaluation_page(evaluation, generator=generator, manifest=manifest)


def evaluation_page(
    evaluation: Evaluation, *, generator: str, manifest: Sequence[tuple[str, str]] = ()
) -> str:
    """Make the tear sheet: one HTML document without script and without any outside address."""
    page = EvaluationPage(
        title="Does the score predict returns?",
        verdict=evaluation.verdict(),
        sections=(
            _prediction(evaluation),
            _quantiles(evaluation),
            _disbelief(evaluation),
            _signal(evaluation),
            price_section(evaluation.sample.panel.table),
        ),
        method=(_ENTRY, _COEFFICIENT, _TEST, _HOLM),
        losses=_losses(evaluation),
        manifest=tuple(manifest),
        generator=generator,
    )
    return render_page("evaluation.html", page)


def _prediction(evaluation: Evaluation) -> Section:
    rows = []
    for horizon, row in _records(evaluation.ic):
        rows.append(
            (
                horizon,
                spelling.signed(row["ic"], 3),
                _interval(row),
                spelling.p_value(row["p_value"]),
                spelling.p_value(row["p_holm"]),
                spelling.number(row["mde"], 3),
                f"{row['n']} in {row['n_sessions']}",
                spelling.p_value(row["iid_p"]),
                row["reason"],
            )
        )
    columns = (
        "Horizon", "IC", "95 % interval", "p", "p, Holm", "Would be seen", "n in sessions",
        "Usual t-test", "Remark",
    )  # fmt: skip
    table = Table.without_blanks(
        "Mean rank information coefficient by horizon", columns, tuple(rows)
    )
    slopes = tuple(
        (
            horizon,
            spelling.percent(row["fama_macbeth"], 3),
            spelling.p_value(row["fm_p"]),
            spelling.percent(row["pooled"], 3),
            spelling.p_value(row["pooled_p"]),
            str(row["n_sessions"]),
            row["why"],
        )
        for horizon, row in _records(evaluation.slopes)
    )
    names = ("Horizon", "Fama-MacBeth", "p", "Pooled", "p", "Sessions", "Why they differ")
    return Section(
        "Prediction",
        (),
        (table, Table("Slope of return on score: return for one unit of score", names, slopes)),
        (_figure(partial(_ax, plot_ic, evaluation), "Points below the grey band's edge could "
         "hardly be told from zero.", "Mean information coefficient by horizon, with intervals."),),
    )  # fmt: skip


def _quantiles(evaluation: Evaluation) -> Section:
    rows = tuple(
        (
            horizon,
            spelling.percent(row["spread"], 3),
            spelling.interval(row["ci_low"], row["ci_high"], 3),
            spelling.p_value(row["p_value"]),
            spelling.size(row["mde"], 3),
            str(row["n_sessions"]),
            row["reason"],
        )
        for horizon, row in _records(evaluation.spreads)
    )
    columns = (
        "Horizon", "Top less bottom", "95 % interval", "p", "Would be seen", "Sessions", "Remark"
    )  # fmt: skip
    figures = []
    if evaluation.quantiles["n_sessions"].max():
        figures.append(
            _figure(
                partial(_ax, plot_quantiles, evaluation),
                "Bars that do not rise from left to right speak against the score.",
                "Mean return by quantile with intervals.",
            )
        )
    if 1 in evaluation.settings.horizons and evaluation.spreads.loc[1, "n_sessions"]:
        figures.append(
            _figure(
                partial(_ax, plot_spread, evaluation),
                "A sum of returns without costs: no strategy.",
                "Cumulative spread of the outer quantiles.",
            )
        )
    table = Table.without_blanks(
        "Return of the top quantile less that of the bottom one", columns, rows
    )
    return Section("High scores against low ones", (), (table,), tuple(figures))


def _disbelief(evaluation: Evaluation) -> Section:
    before = tuple(
        (
            name,
            spelling.signed(row["ic"], 3),
            _interval(row),
            spelling.p_value(row["p_value"]),
            f"{row['n']} in {row['n_sessions']}",
            row["reason"],
        )
        for name, row in _records(evaluation.lookahead)
    )
    columns = ("Return", "IC", "95 % interval", "p", "n in sessions", "Remark")
    held = tuple(
        (
            f"{horizon}, five largest {what} of {row['of']}",
            row["largest"],
            spelling.signed(row["ic"], 3),
            spelling.signed(row["ic_without"], 3),
            spelling.p_value(row["p_without"]),
        )
        for (horizon, what), row in _records(evaluation.concentration)
    )
    placebo = _placebo(evaluation)
    words = f"There is no placebo: {placebo.reason}."
    if not placebo.reason:
        words = (
            f"Shifted in time by {len(placebo.values)} different numbers of sessions, the same "
            f"scores reach {spelling.number(abs(placebo.observed), 3)} or more in size with "
            f"{spelling.p_equals(placebo.p_value)}."
        )
    figures = []
    if not placebo.reason:
        figures.append(
            _figure(
                partial(_ax, plot_placebo, placebo),
                "What the same scores reach when they are moved in time.",
                "Histogram of placebo coefficients and the signal's own.",
            )
        )
    return Section(
        "Reasons to disbelieve it",
        (words,),
        (
            Table.without_blanks("Look-ahead, and what was priced in already", columns, before),
            Table(
                "Without the names and the sessions that it rests on most",
                ("Horizon", "Largest", "IC", "IC without", "p without"),
                held,
            ),
            *_echoes(evaluation),
        ),
        tuple(figures),
    )


def _echoes(evaluation: Evaluation) -> tuple[Table, ...]:
    """Give the table of echoes; none when no event repeats another."""
    if len(set(evaluation.echoes["n_events"])) == 1:
        return ()
    rows = tuple(
        (
            f"{name}, horizon {horizon}",
            spelling.signed(row["ic"], 3),
            _interval(row),
            spelling.p_value(row["p_value"]),
            f"{row['n']} in {row['n_sessions']}",
            str(row["n_events"]),
        )
        for (name, horizon), row in _records(evaluation.echoes)
    )
    columns = ("Events", "IC", "95 % interval", "p", "n in sessions", "Events read")
    return (Table("With and without stories that repeat earlier ones", columns, rows),)


def _signal(evaluation: Evaluation) -> Section:
    turnover = evaluation.turnover["turnover"]
    rows = tuple(
        (
            lag,
            spelling.signed(row["autocorrelation"]),
            spelling.size(turnover.loc[(int(lag), evaluation.settings.quantiles)], 0),
            spelling.size(turnover.loc[(int(lag), 1)], 0),
            f"{row['n_pairs']} in {row['n_sessions']}",
        )
        for lag, row in _records(evaluation.stability)
    )
    columns = ("Lag", "Autocorrelation", "Turnover, top", "Turnover, bottom", "Pairs in sessions")
    names = evaluation.coverage["names"]
    words = (
        f"Of {len(names)} sessions from the first to the last, {int((names > 0).sum())} have a "
        f"score; the median has {spelling.number(float(names.median()), 0)} names."
    )
    figure = _figure(
        partial(_ax, plot_coverage, evaluation),
        "Sessions without names are gaps, and count as sessions.",
        "Names with a score by session.",
    )
    table = Table.without_blanks("How the score persists, by lag in sessions", columns, rows)
    return Section("The signal itself", (words,), (table,), (figure,))


def _losses(evaluation: Evaluation) -> tuple[Loss, ...]:
    lost = evaluation.status[evaluation.status["status"] == "lost"]
    return tuple(
        Loss(f"{len(rows)} events", str(reason), str(rows["detail"].iloc[0]))
        for reason, rows in lost.groupby("reason")
    )


def _placebo(evaluation: Evaluation) -> Placebo:
    """Draw as many placebos as a page may wait for."""
    draws = _PLACEBO_WORK // max(1, len(evaluation.observations))
    return evaluation.placebo("shifted", draws=min(199, max(19, draws)))


def _figure(plot: Callable[[Axes], object], caption: str, alt: str) -> FigurePart:
    return FigurePart(render_svg(draw(plot)), caption, alt)


def _ax(plot: Callable[..., object], result: object, axes: Axes) -> None:
    plot(result, ax=axes)


def _records(table: pd.DataFrame) -> list[tuple[Any, dict[str, Any]]]:
    """Give each row's label, a tuple where there are several, and its cells by column."""
    labels = [label if isinstance(label, tuple) else str(label) for label in table.index]
    cells = table.reset_index(drop=True).to_dict("records")
    rows = [{str(name): value for name, value in row.items()} for row in cells]
    return list(zip(labels, rows, strict=True))


def _interval(row: dict[str, Any]) -> str:
    low, high = row["ci_low"], row["ci_high"]
    if spelling.missing(low) or spelling.missing(high):
        return spelling.MISSING
    return f"{spelling.signed(low, 3)} to {spelling.signed(high, 3)}"
