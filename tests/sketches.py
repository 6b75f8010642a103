"""Figures that are made and not drawn: drawing takes most of the time of a report.

A sketch holds every text of its figure and a digest of what its lines, bars and bands show, so
that two reports with the same sketches would have had the same figures.
"""

import base64
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape

import numpy as np
import pytest

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABpfZFQAAAAABJRU5ErkJg"
    "gg=="
)


def sketch(figure: object) -> str:
    """Give an SVG with the figure's texts and a digest of its shapes."""
    from matplotlib.collections import Collection
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch
    from matplotlib.text import Text

    texts, shapes = [], hashlib.sha256()
    for one in figure.findobj():
        if isinstance(one, Text):
            texts.append(one.get_text())
            continue
        if isinstance(one, Line2D):
            paths = [one.get_path()]
        elif isinstance(one, Patch):
            paths = [one.get_path(), one.get_patch_transform().frozen()]
        else:
            paths = [*one.get_paths(), one.get_offsets()] if isinstance(one, Collection) else []
        for path in paths:
            points = getattr(path, "vertices", getattr(path, "_mtx", path))
            shapes.update(np.asarray(points, dtype=float).tobytes())
    told = "".join(f"<text>{escape(one)}</text>" for one in [*texts, shapes.hexdigest()] if one)
    return f'<svg xmlns="http://www.w3.org/2000/svg">{told}</svg>'


@contextmanager
def sketched() -> Iterator[None]:
    """Let figures be sketched for as long as this lasts."""

    def save(figure, file, *, format, **_):  # noqa: A002 - the name that matplotlib gave it
        file.write(PIXEL if format == "png" else sketch(figure).encode())

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("matplotlib.figure.Figure.savefig", save)
        yield
