"""A plot for the daily report: abnormal moves of several symbols with their intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from signals.report.drawing import BLUE, GREY, GRID, axes_or_new, ink

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from signals.report.daily import SymbolRow


def plot_moves(rows: Sequence[SymbolRow], *, ax: Axes | None = None) -> Axes:
    """Draw the abnormal move of each symbol and its 95 % interval, flagged ones in colour.

    Parameters
    ----------
    rows
        From top to bottom; those without a number are left out.
    ax
        Where to draw; a figure of its own without one.
    """
    ax = axes_or_new(ax)
    shown = [row for row in rows if row.effect is not None]
    for place, row in enumerate(shown):
        colour = BLUE if row.flagged else GREY
        low, effect, high = (100 * (one or 0.0) for one in (row.ci_low, row.effect, row.ci_high))
        ax.plot([low, high], [place, place], color=colour, linewidth=2)
        ax.plot([effect], [place], "o", color=colour, markersize=5)
    ax.axvline(0, color=ink(), linewidth=0.8)
    ax.set_yticks(range(len(shown)), [row.symbol for row in shown], parse_math=False)
    ax.set_ylim(len(shown) - 0.5, -0.5)
    ax.grid(axis="x", color=GRID, linewidth=0.6)
    ax.set_axisbelow(True)
    ax.set_xlabel("Abnormal return, %")
    for side in ("top", "right", "left"):
        ax.spines[side].set_visible(False)
    return ax
