"""Figures as SVG text that can stand inside a page, beside other figures."""

import contextlib
import io
import math
import re
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from hnn_tf.figures.canvas import styled_figure
from hnn_tf.reports.html_elements import escaped
from hnn_tf.reports.number_text import power_of_ten

WIDTH = 7.5
"""The width of a figure in inches."""

MEASURED_COLOUR = "#333333"
CONTEXT_COLOUR = "#8a8a8a"
MODEL_COLOUR = "#0072b2"
OTHER_COLOUR = "#d55e00"
HELD_OUT_COLOUR = "#fbeed3"

_SETTINGS: Any = {
    # The browser draws the text with a font of its system, which has the letters of all languages. Names come from the
    # user's files, and a dollar sign in a name is not a formula.
    "svg.fonttype": "none",
    "text.parse_math": False,
    "path.simplify": True,
    "axes.formatter.useoffset": False,
}
_FONTS = re.compile(r"'DejaVu Sans'[^;\"]*")
_PAGE_FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', Arial, sans-serif"
_MARKERS = re.compile(
    r'<use (href="[^"]+") x="[^"]+" y="[^"]+" (?=style="([^"]*))(style="[^"]*"/>)\n'
    r'(?:<use \1 x="[^"]+" y="[^"]+" \3\n)+'
)
_NUMBER = re.compile(r"(?<![#\w.])-?\d+\.\d{2,}")


def svg_figure(name: str, description: str, draw: Callable[[Figure], None], *, height: float) -> str:
    """Returns a figure as an `<svg>` element.

    Args:
      name: The name of the figure, which begins each id in it. Each figure of a page must have its own name.
      description: The text that a screen reader reads instead of the figure.
      draw: A function that draws into an empty figure.
      height: The height in inches; the width is `WIDTH`.

    Returns:
      The element, without an XML declaration, metadata, styles for other elements, or ids that another figure has.
    """
    buffer = io.StringIO()
    with styled_figure(width=WIDTH, height=height) as figure, _settings(name):
        draw(figure)
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return _inline(buffer.getvalue(), name, description)


@contextlib.contextmanager
def _settings(name: str) -> Iterator[None]:
    with matplotlib.rc_context(_SETTINGS | {"svg.hashsalt": name}), warnings.catch_warnings():
        # The text is measured with a font that lacks some letters, but the browser draws it with another one.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        yield


def _inline(svg: str, name: str, description: str) -> str:
    svg = svg[svg.index("<svg") :].strip()
    svg = re.sub(r"\s*<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"\s*<defs>\s*<style[^>]*>.*?</style>\s*</defs>", "", svg, count=1, flags=re.DOTALL)
    head, body = re.match(r"(<svg[^>]*>)(.*)", svg, flags=re.DOTALL).groups()  # type: ignore[union-attr]
    view = re.search(r'viewBox="[^"]*"', head)[0]  # type: ignore[index]
    targets = dict.fromkeys(re.findall(r'(?:url\(|href=")#([^")]+)', body))
    ids = {target: f"{name}-{number}" for number, target in enumerate(targets)}
    body = re.sub(r' id="([^"]+)"', lambda found: f' id="{ids[found[1]]}"' if found[1] in ids else "", body)
    body = re.sub(r'(?:xlink:)?href="#([^"]+)"', lambda found: f'href="#{ids[found[1]]}"', body)
    body = re.sub(r"url\(#([^)]+)\)", lambda found: f"url(#{ids[found[1]]})", body)
    body = _FONTS.sub(_PAGE_FONTS, body)
    body = re.sub(r"<[^>]*>", lambda tag: re.sub(r"\s+", " ", _NUMBER.sub(_rounded, tag[0])), body)
    body = re.sub(r">\s*\n\s*<", ">\n<", body)
    # The markers of a line have one style.
    body = _MARKERS.sub(lambda found: f'<g style="{found[2]}">\n{found[0].replace(found[3], "/>")}</g>\n', body)
    label = f'role="img" aria-label="{escaped(description)}"'
    return f'<svg {view} {label} stroke-linejoin="round" stroke-linecap="butt">{body}'


def _rounded(found: re.Match) -> str:
    # A twentieth of a point cannot be seen, except in the shape of a small marker.
    value = float(found[0])
    return f"{value:.1f}" if abs(value) >= 10.0 else f"{value:.2f}"


def shown(text: str, most: int = 42) -> str:
    """Returns a name for a figure: in one line, without letters that cannot be printed, and not too long."""
    line = "".join(letter if letter.isprintable() else " " for letter in text)
    return line if len(line) <= most else f"{line[: most - 1]}…"


def name_with_unit(name: str, unit: str) -> str:
    """Returns the label of an axis."""
    return f"{shown(name, 30)} ({shown(unit, 16)})" if unit else shown(name, 30)


def name_over_unit(name: str, unit: str) -> str:
    """Returns the label of a short axis: a long label has two lines."""
    label = name_with_unit(name, unit)
    return label if len(label) < 20 or not unit else f"{shown(name, 24)}\n({shown(unit, 16)})"


def log_ticks(ax: Axes, axis: str) -> None:
    """Writes the ticks of a logarithmic axis as powers of ten, in plain text."""
    chosen = getattr(ax, f"{axis}axis")
    chosen.set_major_formatter(FuncFormatter(_log_tick))
    chosen.set_minor_formatter(FuncFormatter(lambda *_: ""))


def _log_tick(value: float, _: int | None = None) -> str:
    exponent = round(math.log10(value)) if value > 0 else 0
    return f"{value:g}" if -4 <= exponent <= 3 else power_of_ten(exponent)
