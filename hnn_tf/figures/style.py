"""The common style of all figures: one colour, one line and one name for each role."""

import itertools
from collections.abc import Iterable
from typing import Any

TRUTH_LABELS = ("truth", "true", "measured")
"""The labels of the data with which the models are compared."""

RC_PARAMS: Any = {
    "font.family": "sans-serif",
    "font.size": 8.5,
    "axes.titlesize": 9.5,
    "axes.titlepad": 6.0,
    "axes.labelsize": 8.5,
    "axes.linewidth": 0.7,
    "axes.edgecolor": "#444444",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.facecolor": "white",
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "xtick.labelsize": 7.5,
    "ytick.labelsize": 7.5,
    "xtick.color": "#444444",
    "ytick.color": "#444444",
    "xtick.major.width": 0.7,
    "ytick.major.width": 0.7,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "text.usetex": False,
    "svg.fonttype": "path",
}
"""The matplotlib settings, which `rc_context` applies while a figure is drawn and written, but never globally."""

DATA_COLOUR = "#8a8a8a"
SPEED_COLOURS = ("#d5dbd3", "#8db88f", "#1f6b4c")
"""Light to dark green. No role has these colours, so a rollout stands out from the field behind it."""

# The colours of Okabe and Ito, which colour-blind readers can distinguish. Models also differ in their dashes. The
# truth is a broad line, so that it is still visible behind a line that covers it.
_ROLES: dict[str, dict[str, Any]] = {
    "truth": {"color": "#333333", "linewidth": 2.6, "alpha": 0.55, "zorder": 2},
    "hnn": {"color": "#0072b2", "linewidth": 1.5, "linestyle": (0, (5, 1.2)), "zorder": 4},
    "baseline": {"color": "#d55e00", "linewidth": 1.5, "linestyle": (0, (4, 1.2, 1, 1.2)), "zorder": 3},
}
_OTHER_DASHES = ("--", ":", (0, (7, 2, 2, 2)), (0, (1, 1)))
_OTHER_COLOURS = ("#cc79a7", "#009e73", "#e69f00", "#56b4e9")
_NAMES = {"true": "truth", "hnn": "HNN"}


def line_styles(labels: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Returns the arguments of `Axes.plot` for each label, which are the same in every figure.

    Labels without a role get other colours.
    """
    others = itertools.cycle(zip(_OTHER_COLOURS, _OTHER_DASHES, strict=True))
    styles = {}
    for label in labels:
        role = "truth" if label in TRUTH_LABELS else label
        known = _ROLES.get(role)
        style = dict(known or {})
        if not known:
            colour, dashes = next(others)
            style |= {"color": colour, "linewidth": 1.5, "linestyle": dashes, "zorder": 3}
        if label == "measured":
            # Readings are points. The line between them only guides the eye.
            style |= {"linewidth": 1.2, "marker": "o", "markersize": 2.2}
        styles[label] = style | {"label": display_name(label)}
    return styles


def display_name(label: str) -> str:
    """Returns the label as a figure shows it."""
    return _NAMES.get(label, label)


def axis_label(name: str, unit: str) -> str:
    """Returns the name and the unit of an axis, with a symbol of one letter in italics."""
    shown = f"${name}$" if len(name) == 1 else name
    return f"{shown} ({unit})" if unit else shown
