"""The tear sheet of an evaluation: its words, tables and figures as one HTML page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from signals.evaluation import findings
from signals.evaluation.entry import AFTER_KNOWN
from signals.report import evaluation_tables as tables, spelling
from signals.report.evaluation_plots import (
    plot_coverage,
    plot_ic,
    plot_placebo,
    plot_quantiles,
    plot_spread,
)
from signals.report.figures import draw, render_svg
from signals.report.html import FigurePart, Loss, Section, render_page
from signals.report.price_section import price_section
from signals.report.provenance import provenance

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes

    from signals.evaluation.evaluate import Evaluation
    from signals.evaluation.placebos import Placebo

_PLACEBO_WORK = 20_000_000  # observations that all placebos of a page may go through
_WAITED = {kind: f"{wait.total_seconds() / 60:.0f} minutes" for kind, wait in AFTER_KNOWN.items()}
_ENTRY = (
    f"An entry is the first open at least {_WAITED['open']} after a story was known or, with "
    f"closes only, the first close at least {_WAITED['close']} after it. The market is entered at "
    "the same instant."
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


def evaluation_report(evaluation: Evaluation, *, generator: str, lost: Sequence[Loss] = ()) -> str:
    """Make the tear sheet: one HTML document without script and without any outside address.

    ``lost`` is what was lost before there were events, as of a scored corpus.
    """
    prices = evaluation.sample.panel.table
    page = EvaluationPage(
        title="Does the score predict returns?",
        verdict=evaluation.verdict(),
        sections=(
            _prediction(evaluation),
            _quantiles(evaluation),
            _disbelief(evaluation),
            _signal(evaluation),
            price_section(prices),
        ),
        method=(_ENTRY, _COEFFICIENT, _TEST, _HOLM),
        losses=(*lost, *_losses(evaluation)),
        manifest=tuple(provenance((), prices)),
        generator=generator,
    )
    return render_page("evaluation.html", page)


def _prediction(evaluation: Evaluation) -> Section:
    figures = []
    if evaluation.ic["ci_low"].notna().any():
        figures.append(
            _figure(
                lambda ax: plot_ic(evaluation, ax=ax),
                "A coefficient inside its grey band is one that such a sample can hardly tell from "
                "zero.",
                "Mean information coefficient by horizon, with intervals.",
            )
        )
    shown = (tables.prediction, tables.returns, tables.slopes)
    found = tuple(table for make in shown for table in make(evaluation))
    return Section("Prediction", (), found, tuple(figures))


def _quantiles(evaluation: Evaluation) -> Section:
    figures = []
    if evaluation.quantiles["n_sessions"].max():
        figures.append(
            _figure(
                lambda ax: plot_quantiles(evaluation, ax=ax),
                "Bars that do not rise from left to right speak against the score.",
                "Mean return by quantile with intervals.",
            )
        )
    if 1 in evaluation.settings.horizons and evaluation.spreads.loc[1, "n_sessions"]:
        figures.append(
            _figure(
                lambda ax: plot_spread(evaluation, ax=ax),
                "A sum of returns without costs: no strategy. Its mean and interval are below.",
                "Cumulative spread of the outer quantiles.",
            )
        )
    found = (*tables.spreads(evaluation), *tables.hit_rates(evaluation))
    return Section("High scores against low ones", (), found, tuple(figures))


def _disbelief(evaluation: Evaluation) -> Section:
    placebos = _placebos(evaluation)
    placebo, over = placebos[0], tables.sessions(placebos[0].horizon)
    words = f"There is no placebo over {over}: {placebo.reason}."
    figures = []
    if not placebo.reason:
        words = (
            f"Shifted in time by {len(placebo.values)} different numbers of sessions, the same "
            f"scores reach {spelling.number(abs(placebo.observed), 3)} or more in size over {over} "
            f"with {spelling.p_equals(placebo.p_value)}."
        )
        figures.append(
            _figure(
                lambda ax: plot_placebo(placebo, ax=ax),
                "What the same scores reach when they are moved in time.",
                "Histogram of placebo coefficients and the signal's own.",
            )
        )
    shown = (
        tables.lookahead,
        tables.concentration,
        tables.echoes,
        tables.earnings,
        tables.groups,
    )
    found = (
        *tables.placebos(placebos),
        *(table for make in shown for table in make(evaluation)),
    )
    said = (words, *findings.priced_in(evaluation.lookahead))
    return Section("Reasons to disbelieve it", said, found, tuple(figures))


def _signal(evaluation: Evaluation) -> Section:
    names = evaluation.coverage["names"]
    words = (
        f"Of {len(names)} sessions from the first to the last, {int((names > 0).sum())} have a "
        f"score, and half of all have {spelling.number(float(names.median()), 0)} names or more."
    )
    figure = _figure(
        lambda ax: plot_coverage(evaluation, ax=ax),
        "Sessions without names are gaps, and count as sessions.",
        "Names with a score by session.",
    )
    return Section("The signal itself", (words,), tables.persistence(evaluation), (figure,))


def _losses(evaluation: Evaluation) -> tuple[Loss, ...]:
    lost = evaluation.status[evaluation.status["status"] == "lost"]
    return tuple(
        Loss(
            f"{len(rows):,} event{'s' * (len(rows) > 1)}", str(reason), str(rows["detail"].iloc[0])
        )
        for reason, rows in lost.groupby("reason")
    )


def _placebos(evaluation: Evaluation) -> list[Placebo]:
    """Draw as many placebos of each horizon as a page may wait for."""
    horizons = evaluation.settings.horizons
    draws = _PLACEBO_WORK // max(1, len(evaluation.observations) * len(horizons))
    draws = min(199, max(19, draws))
    return [evaluation.placebo("shifted", horizon=one, draws=draws) for one in horizons]


def _figure(plot: Callable[[Axes], object], caption: str, alt: str) -> FigurePart:
    return FigurePart(render_svg(draw(plot)), caption, alt)
