"""What every plot is drawn with: colours, axes, titles and legends that show text as it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signals.report.spelling import printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Text

# The colours of Okabe and Ito (2008), told apart by readers with any colour vision.
BLUE = "#0072b2"
VERMILLION = "#d55e00"
GREEN = "#009e73"
PURPLE = "#cc79a7"
SKY = "#56b4e9"
AMBER = "#e69f00"
GREY = "#8a929c"
INK = "#24292f"
GRID = "#d9dde3"
DASHED = (0, (4, 3))
LINES = (BLUE, VERMILLION, GREEN, PURPLE, AMBER, SKY)


def axes_or_new(ax: Axes | None) -> Axes:
    """Give the Axes passed, or one of a new pyplot figure.

    Raises
    ------
    TypeError
        What was passed is no Axes.
    """
    if ax is not None:
        if not hasattr(ax, "spines"):
            raise TypeError(
                "ax is an Axes of matplotlib, as matplotlib.pyplot.subplots()[1] is one, not "
                f"{type(ax).__name__}."
            )
        return ax
    import matplotlib.pyplot as plt

    # Legends and labels stand beside the axes: saved as it is, the figure shows them whole.
    return plt.subplots(layout="constrained")[1]


def expect_given(given: object, name: str, method: str) -> None:
    """Refuse what a plot doesn't take, such as a study where it takes what a method of it gives.

    ``name`` is an attribute, or a column, of what ``method`` gives.

    Raises
    ------
    TypeError
        It has none.
    """
    if not hasattr(given, name):
        kind = type(given).__name__
        what = "its .study" if hasattr(given, "study") else "its result"
        raise TypeError(f"This draws what {method}() gives, not {kind}: pass {what}.")


def framed(ax: Axes | None) -> Axes:
    """Give the Axes passed, or new ones, with the frame that every plot shares."""
    axes = axes_or_new(ax)
    draw_frame(axes)
    return axes


def ink() -> str:
    """Give the colour of text, which is ``INK`` in reports and light in a dark notebook."""
    from matplotlib import rcParams

    return str(rcParams["text.color"])


def mark_event(axes: Axes) -> None:
    """Mark the event session on an axis of offsets, and zero on that of returns."""
    axes.axhline(0, color=ink(), linewidth=0.8)
    axes.axvline(0, color=GREY, linewidth=0.9, linestyle=DASHED)


def draw_frame(axes: Axes) -> None:
    """Draw what every plot shares: a light grid behind the data, no box."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_axisbelow(True)
    axes.grid(visible=True, color=GRID, linewidth=0.7)


def set_title(axes: Axes, text: str, *, fontsize: float | None = None) -> None:
    """Set a title that is read as it stands."""
    axes.set_title(printable(text), parse_math=False, loc="left", fontsize=fontsize, wrap=True)


def label_of(text: str) -> str:
    """Give a text for the legend; matplotlib leaves out those that begin with an underscore."""
    return printable(text).lstrip("_") or "?"


def draw_legend(axes: Axes, *, columns: int = 2) -> None:
    """Put the legend below the axes, where it covers no data."""
    # The padding is counted in letters, so that it clears the axis label at any height.
    second_lines = max(tick.get_text().count("\n") for tick in axes.get_xticklabels())
    legend = axes.legend(
        loc="upper center",
        bbox_to_anchor=(0.5, 0),
        borderaxespad=4.2 + 1.4 * second_lines,
        ncols=min(columns, len(axes.get_legend_handles_labels()[0])),
        frameon=False,
        columnspacing=1.4,
    )
    for text in legend.get_texts():
        show_verbatim(text)


def show_verbatim(text: Text) -> None:
    """Show a text as it stands: a dollar sign is no mathematics."""
    text.set_parse_math(False)


def spell_dates(axes: Axes) -> None:
    """Spell dates along the x axis in full, so few that they can't overlap."""
    from matplotlib.dates import DateFormatter
    from matplotlib.ticker import MaxNLocator

    # Whole days, evenly spaced: matplotlib's own choice of dates has none for some spans.
    axes.xaxis.set_major_locator(MaxNLocator(nbins=4, integer=True, min_n_ticks=2))
    axes.xaxis.set_major_formatter(DateFormatter("%Y-%m-%d"))  # type: ignore[no-untyped-call]
