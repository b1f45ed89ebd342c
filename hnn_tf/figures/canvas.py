"""Figures outside pyplot, with their own canvas and style. A file is written completely or not at all."""

import contextlib
import os
from collections.abc import Iterator

import matplotlib
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from hnn_tf.figures.style import RC_PARAMS
from hnn_tf.files.atomic_file import atomic_file

DPI = 120
WIDTH = 7.5
"""The default width in inches; it gives 900 pixels, the width of a README."""


@contextlib.contextmanager
def styled_figure(*, width: float = WIDTH, height: float) -> Iterator[Figure]:
    """Yields an empty figure of `width` by `height` inches in the common style. The style ends with the block."""
    with matplotlib.rc_context(RC_PARAMS):
        figure = Figure(figsize=(width, height), dpi=DPI, layout="constrained")
        FigureCanvasAgg(figure)
        yield figure


@contextlib.contextmanager
def png_figure(path: str | os.PathLike, *, width: float = WIDTH, height: float) -> Iterator[Figure]:
    """Yields a figure like `styled_figure`, and writes it to `path` as PNG, atomically, if the block succeeds."""
    with styled_figure(width=width, height=height) as figure:
        yield figure
        with atomic_file(path) as temporary:
            # The file does not contain matplotlib's version, so that equal figures are equal files.
            figure.savefig(temporary, format="png", dpi=DPI, metadata={"Software": None})


def legend_below(figure: Figure, handles: list, labels: list[str] | None = None) -> None:
    """Draws one legend for all panels below them, so that it never covers the data."""
    labels = labels or [str(handle.get_label()) for handle in handles]
    figure.legend(handles, labels, loc="outside lower center", ncols=max(len(labels), 1), handlelength=3.0)
