"""The report: one HTML file that holds everything, from plain records.

``ReportData`` and its parts hold words, numbers and tuples only: no frame, no study, no article.
``signals.report.build`` makes them from results; :func:`render` makes the page. Numbers are
fractions here and percent on the page. Text may be anybody's: the page escapes it, takes out what
can't be shown, and has a link only where an address is http or https.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Literal, TypeVar

from signals.report import spelling
from signals.report.figures import inline_svg

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jinja2 import Environment

Tone = Literal["moved", "unclear", "ordinary", "unpriced"]
"""What the price did: abnormal by both tests, by one of them, by none; or it was not studied."""

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What can be said about one security, in plain words.

    ``headline`` is a few words ("No abnormal move can be shown"), ``sentences`` say what was
    written, what the price did and how sure one can be.
    """

    symbol: str
    name: str
    tone: Tone
    headline: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """A line about an article: a term, what is known, how; a link when ``url`` is http(s)."""

    term: str
    text: str
    note: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a number and its value: points of relevance, or of a score."""

    name: str
    value: float


@dataclass(frozen=True, slots=True)
class SecurityRow:
    """A company of an article.

    Attributes
    ----------
    symbol, mic
        The listing; empty for a private company.
    name
        The company, or "The whole article" for the article's own score.
    relevance
        0 to 100; None where it has no meaning.
    relevance_parts
        What the relevance is made of, in points; a factor is named so.
    score
        In [-1, 1]; None when nothing in the story speaks about it.
    label
        "positive", "neutral", "negative", or empty without a score.
    basis
        What the score rests on, such as "1 of 12 sentences".
    words
        The words that weigh most in the score, and the rest in one part; they add up to it.
    remark
        Anything that a reader should know, such as "private company".
    """

    symbol: str
    mic: str
    name: str
    relevance: float | None
    relevance_parts: tuple[Part, ...]
    score: float | None
    label: str
    basis: str
    words: tuple[Part, ...]
    remark: str = ""


@dataclass(frozen=True, slots=True)
class WindowRow:
    """An event in a window, or the mean of several events.

    Attributes
    ----------
    subject
        Symbol and session of the event; empty in a table of means.
    window
        First and last offset, both included.
    n
        Observations behind the number: estimation sessions of an event, or events of a mean.
    effect, ci_low, ci_high, mde
        Cumulative abnormal return, its 95 % interval, and the smallest effect that a test at
        5 % finds four times of five; fractions. None where it can't be computed.
    statistic, df, p_value
        Of the test named in ``test``; two-sided.
    placebo_p, n_placebo
        Rank among the windows of the estimation period, and how many those are.
    reason
        Why a number is missing, or what the test's choice rests on.
    decides
        Whether the verdict rests on this row: it is chosen before anything is computed.
    doubt
        A sentence on what makes the p-values less sure; empty without any.
    mean_scar
        What the test of a mean is of: each event by its own noise; None for a single event.
    """

    subject: str
    window: tuple[int, int]
    n: int
    effect: float | None
    ci_low: float | None
    ci_high: float | None
    statistic: float | None
    df: float | None
    p_value: float | None
    mde: float | None
    test: str = "t"
    placebo_p: float | None = None
    n_placebo: int | None = None
    reason: str = ""
    decides: bool = False
    doubt: str = ""
    mean_scar: float | None = None


@dataclass(frozen=True, slots=True)
class EstimateRow:
    """The return model of one event: coefficients, residual deviation (fractions) and fit.

    ``beta_se`` is the standard error of ``beta``.
    """

    subject: str
    market: str
    alpha: float | None
    beta: float | None
    sigma: float | None
    r2: float | None
    n_obs: int
    df: int
    remark: str = ""
    beta_se: float | None = None


@dataclass(frozen=True, slots=True)
class FigurePart:
    """A figure: the SVG of ``figures.render_svg``, a caption, and words for who can't see it."""

    svg: str
    caption: str
    alt: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of article text with its marks.

    ``marks`` are of "mention", "source", "private", "positive", "negative"; ``note`` is shown
    when a pointer rests on it.
    """

    text: str
    marks: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of the article and the kind of its zone; boilerplate is shown in grey."""

    kind: str
    boilerplate: bool
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Loss:
    """Something that fell out: what, what became of it, such as "lost" or "pending", and why."""

    what: str
    status: str
    reason: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table of words: a caption, names of columns, and rows whose first cell is a header."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @classmethod
    def without_blanks(
        cls, caption: str, columns: Sequence[str], rows: Sequence[Sequence[str]]
    ) -> Table:
        """Make a table without the columns in which every cell is empty."""
        kept = [place for place in range(len(columns)) if any(row[place] for row in rows)]
        return cls(
            caption,
            tuple(columns[place] for place in kept),
            tuple(tuple(row[place] for place in kept) for row in rows),
        )


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, sentences, and the tables and figures that stand under it."""

    title: str
    words: tuple[str, ...]
    tables: tuple[Table, ...] = ()
    figures: tuple[FigurePart, ...] = ()


@dataclass(frozen=True, slots=True)
class ArticleSection:
    """All about one article.

    Attributes
    ----------
    title
        As stated, or what the file is called.
    verdicts
        One for each security; empty when the article names none.
    plainly
        The verdict on the article as a whole, a sentence or two.
    facts
        What the article is, when it was known, which session is its event.
    article_row
        The article's own score, to be read beside the securities'.
    securities
        One row for each company, listed ones first.
    windows
        One row an event and window.
    figures, paragraphs, losses
        As named.
    """

    title: str
    plainly: str
    verdicts: tuple[Verdict, ...]
    facts: tuple[Fact, ...]
    article_row: SecurityRow | None
    securities: tuple[SecurityRow, ...]
    windows: tuple[WindowRow, ...]
    figures: tuple[FigurePart, ...]
    paragraphs: tuple[Paragraph, ...]
    losses: tuple[Loss, ...]


@dataclass(frozen=True, slots=True)
class TogetherSection:
    """Events apart from their articles.

    Attributes
    ----------
    plainly
        The verdict in words.
    windows
        The joint test, a row a window; empty for a single event.
    figures
        As named.
    each
        One row an event and window, for a study of events without articles.
    """

    plainly: str
    windows: tuple[WindowRow, ...]
    figures: tuple[FigurePart, ...] = ()
    each: tuple[WindowRow, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportData:
    """Everything that a report says; the same data gives the same bytes.

    Attributes
    ----------
    title
        Of the page.
    summary
        What the reader takes home, in a few sentences; comes first.
    articles
        In the order in which they were given; none for a study of a user's own events.
    together
        The joint test when there are several events, or a study without articles; else None.
    estimates
        The return model of each event.
    method
        How it was computed, a sentence or two each.
    losses
        What fell out of the run as a whole, such as a file that can't be read.
    prices
        What the prices are worth; None when nothing was priced.
    manifest
        What it was computed from: a name and a version or hash each.
    generator
        Name and version of the program.
    score, looks
        Of several events: whether prices follow the score; and sections behind the joint test, on
        what else could have made the numbers.
    language
        Of the page's own words, as HTML spells it.
    """

    title: str
    summary: tuple[str, ...]
    articles: tuple[ArticleSection, ...]
    together: TogetherSection | None
    estimates: tuple[EstimateRow, ...]
    method: tuple[str, ...]
    losses: tuple[Loss, ...]
    prices: Section | None
    manifest: tuple[tuple[str, str], ...]
    generator: str
    score: Section | None = None
    looks: tuple[Section, ...] = ()
    language: str = "en"


def render(data: ReportData) -> str:
    """Make the page: one HTML document without script and without any outside address.

    Raises
    ------
    SignalsError
        A figure holds anything but shapes and text.
    """
    return render_page("report.html", data)


def render_page(template: str, data: object, **more: object) -> str:
    """Fill a template of this package with records; it knows them as ``report``.

    Every text is escaped, and what can't be shown is taken out of it first.
    """
    page = _environment().get_template(template).render(report=_printable(data), **more)
    return page.strip() + "\n"


@cache
def _environment() -> Environment:
    """Make the only environment: everything is escaped, and a name that is missing raises."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        autoescape=True,
        loader=PackageLoader("signals.report", "templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    for name in (
        "interval", "meter", "missing", "number", "offset", "p_value",
        "percent", "shorten", "signed", "size", "web_link", "window",
    ):  # fmt: skip
        environment.filters[name] = getattr(spelling, name)
    environment.filters["inline_svg"] = inline_svg
    return environment


def _printable(value: _T) -> _T:
    """Take out of every text in a record what can't be shown; figures are text as well."""
    if isinstance(value, str):
        return spelling.printable(value)  # type: ignore[return-value]
    if isinstance(value, tuple):
        return tuple(map(_printable, value))  # type: ignore[return-value]
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: _printable(getattr(value, f.name)) for f in fields(value)})
    return value
