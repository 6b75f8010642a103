"""Which figures a report has, with their captions and words for who can't see them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from signals.report import spelling
from signals.report.figures import draw, render_png, render_svg, sentence_height
from signals.report.html import FigurePart
from signals.report.plots import market_of, plot_event_window, plot_prices, plot_sentiment

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from signals.news.article import Article
    from signals.sentiment.scores import Scores
    from signals.study.result import EventStudy

MOST_DRAWN = 4
"""Events of one article that get figures of their own; tables hold all of them."""


@dataclass(frozen=True, eq=False)
class Drawing:
    """A figure with its file name (without suffix), its SVG, its caption and its words."""

    name: str
    figure: Figure
    svg: str
    caption: str
    alt: str

    @classmethod
    def of(
        cls,
        name: str,
        plot: Callable[[Axes], object],
        caption: str,
        alt: str,
        *,
        height: float = 3.1,
    ) -> Drawing:
        """Draw what a plot draws on its Axes; see ``figures.draw``."""
        figure = draw(plot, height=height)
        return cls(name, figure, render_svg(figure), caption, alt)

    def part(self) -> FigurePart:
        """Give what the report needs of it."""
        return FigurePart(self.svg, self.caption, self.alt)


def figure_files(drawings: Mapping[str, Sequence[Drawing]]) -> dict[str, bytes]:
    """Give the figures of a report as files: name -> content, SVG and PNG."""
    files: dict[str, bytes] = {}
    for drawing in (drawing for group in drawings.values() for drawing in group):
        files[f"{drawing.name}.svg"] = drawing.svg.encode()
        files[f"{drawing.name}.png"] = render_png(drawing.figure)
    return files


def event_drawings(study: EventStudy, event_ids: Sequence[str]) -> tuple[Drawing, ...]:
    """Draw abnormal return and price of each event, at most ``MOST_DRAWN`` of them.

    Parameters
    ----------
    study
        The event study.
    event_ids
        Events that were studied, the most relevant first. The last caption says so when some
        of them have no figure.
    """
    drawings: list[Drawing] = []
    for event_id in event_ids[:MOST_DRAWN]:
        drawings += [_window_drawing(study, event_id), _price_drawing(study, event_id)]
    left = len(event_ids) - MOST_DRAWN
    if left > 0:
        last = drawings.pop()
        more = f" {left} more event{' is' if left == 1 else 's are'} in the table only."
        drawings.append(replace(last, caption=last.caption + more))
    return tuple(drawings)


def joint_drawing(study: EventStudy) -> Drawing:
    """Draw the abnormal returns of all events of a study as lines."""
    return Drawing.of(
        "events",
        lambda ax: plot_event_window(study, ax=ax),
        "One line an event; intervals stand in the table.",
        f"Lines of the cumulative abnormal return of {len(study.events)} events by session.",
    )


def sentiment_drawing(article: Article, scores: Scores) -> Drawing | None:
    """Draw the scores of an article's sentences; None when it has no scored sentence."""
    if not len(scores.sentences):
        return None
    return Drawing.of(
        f"sentiment-{article.id}",
        lambda ax: plot_sentiment(scores, text=article.text, ax=ax),
        "Each sentence's score. The dashed line is the article's own, in which the first "
        "sentences weigh most. Boilerplate is left out.",
        f"Bars of the scores of {len(scores.sentences)} sentences; the article's own score is "
        f"{spelling.signed(scores.article.score)}.",
        height=sentence_height(len(scores.sentences)),
    )


def _window_drawing(study: EventStudy, event_id: str) -> Drawing:
    symbol, session = _event(study, event_id)
    path = study.cumulative(event_id)
    last, end = path.index[-1], path["car"].iloc[-1]
    return Drawing.of(
        f"event-window-{_file_name(symbol)}-{session}",
        lambda ax: plot_event_window(study, event_id, ax=ax),
        f"{symbol}: return beyond the model's, added up session by session, with its 95 % "
        "interval. A band that holds zero is what chance alone could give.",
        f"Cumulative abnormal return of {symbol} around {session}; "
        f"{spelling.percent(end)} by session {spelling.offset(int(last))}.",
    )


def _price_drawing(study: EventStudy, event_id: str) -> Drawing:
    symbol, session = _event(study, event_id)
    market = market_of(study, event_id)
    beside = f" {market} starts at the same height." if market and market != symbol else ""
    return Drawing.of(
        f"price-{_file_name(symbol)}-{session}",
        lambda ax: plot_prices(study, event_id, ax=ax),
        f"{symbol}: adjusted close, the event session marked.{beside}",
        f"Adjusted close of {symbol} in the weeks around {session}.",
    )


def _event(study: EventStudy, event_id: str) -> tuple[str, str]:
    event = study.events.loc[event_id]
    return str(event["symbol"]), f"{event['session']:%Y-%m-%d}"


def _file_name(symbol: str) -> str:
    """Spell a symbol so that it can be part of a file name anywhere."""
    return "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in symbol)
