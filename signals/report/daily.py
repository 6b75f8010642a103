"""The daily report on a watch list: its records, and the pages made of them.

As in ``signals.report.html``, records hold words, numbers and tuples only; numbers are fractions.
The page has no script: its table comes sorted, what needs attention first, and each row knows its
place in every other order, so that style alone can sort it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from signals.report.html import FigurePart, Loss, Section, TogetherSection, render_page

CLOSED_SHOWN = 8
"""Closed windows that are shown at once; the page folds the others."""

State = Literal["good", "doubtful", "failed"]


@dataclass(frozen=True, slots=True)
class StorySentence:
    """A sentence that scored, and its score in [-1, 1]."""

    text: str
    score: float
    label: str


@dataclass(frozen=True, slots=True)
class Echo:
    """An article that tells a story again, and what it says about the symbol."""

    title: str
    source: str
    score: float


@dataclass(frozen=True, slots=True)
class Story:
    """One story about one symbol.

    Attributes
    ----------
    title, source, url
        As stated.
    known
        When anyone could have known it, spelled out.
    score, label
        What it says about the symbol, over all of its tellings that count.
    relevance
        How much the first telling is about the symbol (0 to 100).
    sentences
        Of the first telling, those that weigh most in its score.
    remark
        "corrects an earlier story", "pending: its session is 2025-07-23", or empty.
    first
        The score of the first telling, where others count as well.
    echoes
        The first of those that tell it again, as copies or in other words.
    more_echoes
        How many more do.
    """

    title: str
    source: str
    url: str
    known: str
    score: float
    label: str
    relevance: float
    sentences: tuple[StorySentence, ...] = ()
    remark: str = ""
    first: float | None = None
    echoes: tuple[Echo, ...] = ()
    more_echoes: int = 0


@dataclass(frozen=True, slots=True)
class ClosedWindow:
    """An event whose deciding window has closed since the report before.

    Attributes
    ----------
    symbol, session
        The event.
    score
        What its story said.
    window, effect, ci_low, ci_high, p_value, placebo_p
        The window, its cumulative abnormal return, the 95 % interval and two p-values.
    n_obs
        Sessions in its estimation window (M).
    """

    symbol: str
    session: str
    score: float
    window: tuple[int, int]
    effect: float | None
    ci_low: float | None
    ci_high: float | None
    p_value: float | None
    placebo_p: float | None
    n_obs: int


@dataclass(frozen=True, slots=True)
class SymbolRow:
    """One symbol of the watch list in its session.

    Attributes
    ----------
    symbol, name, session
        The listing, its company, and the session of its exchange.
    stories, echoes
        Novel stories of the session; further articles, which tell any again.
    score, label
        Sentiment about it over those stories; None without any.
    move
        Its return in the session.
    effect, ci_low, ci_high, p_value, placebo_p
        The abnormal return over the window that flags, its 95 % interval and two p-values.
    n_obs
        Sessions in the estimation window (M); None where nothing was measured.
    flagged
        Whether the move stands out over the whole watch list.
    flags
        What a reader should see at once, a word or two each.
    remark
        Why a number is missing.
    pending, pending_score
        Novel stories known after the session's close, which count in the next one, and the
        sentiment over them; None without any.
    """

    symbol: str
    name: str
    session: str
    stories: int
    echoes: int
    score: float | None
    label: str
    move: float | None
    effect: float | None
    ci_low: float | None
    ci_high: float | None
    p_value: float | None
    placebo_p: float | None
    n_obs: int | None
    flagged: bool
    flags: tuple[str, ...]
    remark: str = ""
    pending: int = 0
    pending_score: float | None = None

    @property
    def quiet(self) -> bool:
        """Whether there is nothing to look at: no story and no flag."""
        return not (self.stories or self.echoes or self.pending or self.flags)


@dataclass(frozen=True, slots=True)
class SymbolStories:
    """The stories about one symbol: novel ones first, then by relevance.

    ``more`` of them are in the CSV.
    """

    symbol: str
    name: str
    stories: tuple[Story, ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """One step from news to a studied event.

    Attributes
    ----------
    name, unit
        Such as "linked", of articles.
    entered, left
        How many came in, and how many went on.
    lost, pending, aside
        How many failed; wait for prices to come; don't belong here by design.
    reasons
        Of all three, with counts, the most frequent first.
    """

    name: str
    unit: str
    entered: int
    left: int
    lost: int
    pending: int
    aside: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Health:
    """The state of something that the report rests on, in words."""

    what: str
    state: State
    text: str


@dataclass(frozen=True, slots=True)
class DailyData:
    """Everything that a daily report says; the same data gives the same bytes.

    Attributes
    ----------
    title
        Of the page.
    kicker
        Which session and which news.
    alarms
        What makes the report doubtful as a whole; shown in red.
    since
        The session of the report before; empty for the first one.
    changes
        What changed since, a sentence each.
    closed
        Windows that have closed since, the least likely by chance first.
    summary
        The run in a sentence or two.
    symbols
        The watch list, what needs attention first.
    flag_window
        The window that flags, spelled out.
    stories
        For each symbol that has any.
    figures
        As named.
    together
        The event study over the trailing window; None without events.
    sections
        What else is said of the study, such as its means without confounded events.
    study_words
        What the study rests on, or why there is none.
    funnel, health, losses, prices
        Data health: steps, state of sources and prices, each loss, and what the prices are worth;
        None without any.
    method, manifest, generator
        The appendix.
    """

    title: str
    kicker: str
    alarms: tuple[str, ...]
    since: str
    changes: tuple[str, ...]
    closed: tuple[ClosedWindow, ...]
    summary: tuple[str, ...]
    symbols: tuple[SymbolRow, ...]
    flag_window: str
    stories: tuple[SymbolStories, ...]
    figures: tuple[FigurePart, ...]
    together: TogetherSection | None
    sections: tuple[Section, ...]
    study_words: tuple[str, ...]
    funnel: tuple[Step, ...]
    health: tuple[Health, ...]
    losses: tuple[Loss, ...]
    prices: Section | None
    method: tuple[str, ...]
    manifest: tuple[tuple[str, str], ...]
    generator: str
    language: str = "en"


def render_daily(data: DailyData, *, images: tuple[str, ...] = ()) -> str:
    """Make the page: one HTML document without script and without any outside address.

    Parameters
    ----------
    data
        What it says.
    images
        Addresses of the figures, in their order, for mail, which shows no SVG: such as
        ``cid:figure-1``. Without them the figures stand in the page.
    """
    places = _places(data.symbols)
    return render_page("daily.html", data, images=images, places=places, shown=CLOSED_SHOWN)


def _places(rows: Sequence[SymbolRow]) -> dict[str, dict[str, int]]:
    """Give the place of each symbol in every order: by name, or the greatest first.

    What is missing comes last; equals keep the order in which they come.
    """
    orders: dict[str, list[SymbolRow]] = {"symbol": sorted(rows, key=lambda row: row.symbol)}
    for order, name in (
        ("stories", "stories"),
        ("sentiment", "score"),
        ("move", "move"),
        ("abnormal", "effect"),
    ):
        values = {row.symbol: getattr(row, name) for row in rows}
        orders[order] = sorted(
            rows,
            key=lambda row: (values[row.symbol] is None, -(values[row.symbol] or 0)),
        )
    places: dict[str, dict[str, int]] = {row.symbol: {} for row in rows}
    for order, ranked in orders.items():
        for place, row in enumerate(ranked):
            places[row.symbol][order] = place
    return places
