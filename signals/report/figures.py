"""Figures of a report: made without pyplot, the same bytes every time.

The style is matplotlib's own default with a few settings over it, whatever the user's matplotlibrc
says. A figure is 4.8 inches wide: its letters stay readable when a phone shrinks it.
"""

from __future__ import annotations

import io
import re
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from signals.errors import SignalsError
from signals.report import spelling
from signals.report.drawing import (
    BLUE,
    GREEN,
    GREY,
    GRID,
    INK,
    PURPLE,
    VERMILLION,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_STYLE: dict[str, object] = {
    # The ids inside an SVG are hashes; without a fixed salt they change with every run.
    "svg.hashsalt": "signals",
    # Letters stay letters: small, searchable, readable to a screen reader.
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 9.5,
    "axes.titlesize": 10.5,
    "axes.titleweight": "bold",
    "axes.labelsize": 9.5,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.unicode_minus": True,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "legend.fontsize": 9,
    "figure.facecolor": "#ffffff",
    "axes.facecolor": "none",
    "figure.dpi": 100,
}
_WIDTH = 4.8
_STYLING = threading.RLock()

# Colours of a figure that a page may set anew, for a dark screen; see report.css.
_VARIABLES = {
    INK: "ink",
    GRID: "grid",
    GREY: "grey",
    BLUE: "blue",
    VERMILLION: "vermillion",
    GREEN: "green",
    PURPLE: "purple",
}
_ELEMENTS = frozenset({"svg", "defs", "g", "path", "use", "clipPath", "rect", "text"})
_RULE = '<style type="text/css">*{stroke-linejoin: round; stroke-linecap: butt}</style>'
_TAG = re.compile(r"<(/?)([A-Za-z][\w:.-]*)((?:\s[^<>]*)?)>")


def draw(plot: Callable[[Axes], object], *, height: float = 3.1) -> Figure:
    """Make a figure in the report's style and let a plot draw on its only Axes.

    Parameters
    ----------
    plot
        Called with the Axes, such as ``lambda ax: plot_prices(study, ax=ax)``.
    height
        In inches; the width is 4.8.
    """
    from matplotlib.figure import Figure

    with _style():
        figure = Figure(figsize=(_WIDTH, height), layout="constrained")
        plot(figure.subplots())
    return figure


def sentence_height(sentences: int) -> float:
    """Give the height in inches of a plot with one bar a sentence, at most 40 of them."""
    return 1.5 + 0.24 * min(max(sentences, 3), 40)


def render_svg(figure: Figure) -> str:
    """Give the figure as an SVG file; the same figure gives the same bytes."""
    with _style():
        file = io.BytesIO()
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    # A name may hold what no XML can, such as NUL.
    return spelling.printable(file.getvalue().decode("utf-8"))


def render_png(figure: Figure) -> bytes:
    """Give the figure as a PNG file of 200 dots an inch; the same figure gives the same bytes."""
    with _style():
        file = io.BytesIO()
        figure.savefig(file, format="png", dpi=200, metadata={"Software": None})
    return file.getvalue()


def inline_svg(svg: str, prefix: str) -> str:
    """Turn an SVG file of :func:`render_svg` into markup that can stand inside a page.

    Its ids get a prefix, since a page may hold several figures; its colours become variables of
    the page; its size is left to the page.

    Raises
    ------
    SignalsError
        It holds anything but shapes and text, such as a script or an outside address.
    """
    start = svg.find("<svg")
    if start < 0:
        raise SignalsError("The figure is not an SVG: pass what render_svg gives.")
    # Of matplotlib's own head only this rule matters, and report.css has it.
    body = re.sub(r"<metadata>.*?</metadata>", "", svg[start:], count=1, flags=re.DOTALL)
    body = body.replace(_RULE, "", 1)
    for match in re.finditer(r"<[^\s\d]", body):
        if _TAG.match(body, match.start()) is None:
            raise SignalsError("The figure holds markup that an SVG of shapes and text has not.")
    return _TAG.sub(lambda match: _tag(match, prefix), body).strip() + "\n"


def _tag(match: re.Match[str], prefix: str) -> str:
    """Check one tag and rewrite its ids, references, fonts and colours."""
    closing, name, attributes = match.groups()
    if name not in _ELEMENTS or re.search(r"""\son\w+\s*=""", attributes, re.IGNORECASE):
        raise SignalsError(f"The figure holds <{name}{attributes}>: only shapes and text may be.")
    for target in re.findall(r"""(?:href="|url\()\s*([^")]*)""", attributes):
        if not target.startswith("#"):
            raise SignalsError(f"The figure refers to {target!r}: only its own parts may be.")
    attributes = re.sub(r'(\sid=")', rf"\g<1>{prefix}-", attributes)
    attributes = re.sub(r'(href="#|url\(#)', rf"\g<1>{prefix}-", attributes)
    attributes = re.sub(r"font-family:[^;\"]*;?\s*", "", attributes)
    attributes = re.sub(
        r"#[0-9a-f]{6}\b",
        lambda colour: f"var(--{_VARIABLES[colour[0]]})" if colour[0] in _VARIABLES else colour[0],
        attributes,
    )
    # The page's own paper shows through.
    attributes = attributes.replace("fill: #ffffff", "fill: none")
    if name == "svg":
        attributes = re.sub(r'\s(?:width|height)="[^"]*"', "", attributes)
    return f"<{closing}{name}{attributes}>"


@contextmanager
def _style() -> Iterator[None]:
    """Hold the report's style while a figure is made or written.

    One thread at a time: matplotlib's settings and Python's filters are those of the process.
    """
    import matplotlib.style

    with _STYLING, matplotlib.style.context(["default", _STYLE]), warnings.catch_warnings():
        # A headline may be in any script: the reader's own fonts show what ours lack.
        warnings.filterwarnings("ignore", message=r"Glyph \d+ .* missing from font")
        yield
