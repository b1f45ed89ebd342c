"""Filled level sets of an energy over a plane, with their levels and colour bar."""

from collections.abc import Callable

import numpy as np
import tensorflow as tf
from matplotlib.axes import Axes
from matplotlib.contour import ContourSet
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from hnn_tf.figures.limits import axis_limits, clip_near
from hnn_tf.typing import Hamiltonian

GRID = 81
"""The number of points along each axis at which an energy is drawn."""


def energies_at(hamiltonian: Hamiltonian, states: np.ndarray) -> np.ndarray:
    """Returns H `[N]` at states `[N, 2n]`, without infinities, which a renderer cannot draw."""
    return np.clip(np.asarray(hamiltonian(tf.constant(states)), np.float64), -1e100, 1e100)


def finite_or_zero(values: np.ndarray, reduce: Callable) -> float:
    """Returns `reduce` of the finite values, or 0 if there are none."""
    finite = values[np.isfinite(values)]
    return float(reduce(finite)) if finite.size else 0.0


def energy_levels(energy: np.ndarray, at_data: np.ndarray) -> np.ndarray:
    """Returns round levels from the lowest energy to nearly the highest energy of the data."""
    # The corners of the plane would take most levels. For this reason, the colours end (with a pointed bar) above all
    # but a fiftieth of the data.
    finite, at_data = energy[np.isfinite(energy)], at_data[np.isfinite(at_data)]
    ends = [finite.min(), np.percentile(at_data if at_data.size else finite, 98.0)] if finite.size else []
    low, high = axis_limits([np.array(ends)], margin=0.0)
    # The first level is left out, because it is at or below the minimum, where round-off is not a level set.
    return np.asarray(MaxNLocator(11).tick_values(low, high))[1:]


def difference_levels(difference: np.ndarray, *, least: float) -> np.ndarray:
    """Returns round levels on both sides of zero, which reach `least` or further."""
    # With `least`, round-off is not drawn as a pattern.
    finite = np.abs(difference[np.isfinite(difference)])
    largest = max(least, float(np.percentile(finite, 95.0)) if finite.size else 1.0)
    return np.asarray(MaxNLocator(10, symmetric=True).tick_values(-largest, largest))


def fill_level_sets(
    ax: Axes, q: np.ndarray, p: np.ndarray, energy: np.ndarray, levels: np.ndarray, colours: str = "viridis"
) -> ContourSet:
    """Draws energies on the grid of q and p as filled level sets with white borders."""
    shown = np.ma.masked_invalid(clip_near(energy, (levels[0], levels[-1])).reshape(len(p), len(q)))
    filled = ax.contourf(q, p, shown, levels=levels, cmap=colours, extend="both")
    ax.contour(q, p, shown, levels=levels, colors="white", linewidths=0.5, alpha=0.7, linestyles="solid")
    return filled


def colour_bar(figure: Figure, contours: ContourSet, axes: list[Axes], label: str) -> None:
    """Draws a colour bar beside the axes."""
    bar = figure.colorbar(contours, ax=axes, orientation="vertical", aspect=24, fraction=0.06, pad=0.03)
    bar.set_label(label)
    bar.outline.set_visible(False)
