"""Level sets of the true and the learned Hamiltonian."""

import os
from collections.abc import Callable, Sequence

import numpy as np
import tensorflow as tf
from matplotlib.axes import Axes
from matplotlib.contour import ContourSet
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from hnn_tf.figures import style
from hnn_tf.figures.canvas import WIDTH, png_figure
from hnn_tf.figures.limits import PlanarLimits, axis_limits, clip_near, planar_limits
from hnn_tf.typing import Hamiltonian

_GRID = 81
_MOST_POINTS = 600


def draw_hamiltonian(
    path: str | os.PathLike,
    *,
    true: Hamiltonian | None,
    learned: Hamiltonian,
    observed: np.ndarray,
    state_names: Sequence[str],
    state_units: Sequence[str],
    energy_unit: str,
    limits: PlanarLimits | None = None,
    learned_label: str = "hnn",
) -> None:
    """Draws level sets of true H, learned H and their difference over the phase plane; learned H alone without a true.

    An energy is known up to a constant only, so the learned one is shifted by the constant that minimises its squared
    difference from the true one at the observed states.

    Args:
      path: PNG file to write.
      true: True Hamiltonian, states `[N, 2]` -> `[N]`, or None if it isn't known.
      learned: Learned Hamiltonian, the same.
      observed: States of the training data `[N, 2]`, faint in every panel.
      state_names: Names of the two coordinates.
      state_units: Their units.
      energy_unit: Unit of H.
      limits: ((low, high), (low, high)) of the two axes; chosen around the data by default.
      learned_label: What learned H.

    Raises:
      ValueError: If the states aren't of a plane.
    """
    observed = np.asarray(observed, np.float64)
    automatic = planar_limits(observed, {})
    limits = automatic if limits is None else limits
    q, p = (np.linspace(*pair, _GRID) for pair in limits)
    grid = np.stack(np.meshgrid(q, p), -1).reshape(-1, 2)
    name = style.display_name(learned_label)
    learned_energy, at_data = _values(learned, grid), _values(learned, observed)
    energy_label = style.axis_label("energy", energy_unit)
    panels = 3 if true else 1
    with png_figure(path, width=WIDTH if true else 0.6 * WIDTH, height=3.0 if true else 3.4) as figure:
        axes = list(figure.subplots(1, panels, sharex=True, sharey=True, squeeze=False)[0])
        if true is None:
            # No zero is given: the minimum is as good as any.
            lowest = _finite_or_zero(learned_energy, np.min)
            energy = learned_energy - lowest
            contours = _level_sets(axes[0], q, p, energy, _levels(energy, at_data - lowest))
            _colour_bar(figure, contours, axes, energy_label)
            axes[0].set_title(f"{name}: learned $H$, zero at its minimum here")
        else:
            true_energy, true_at_data = _values(true, grid), _values(true, observed)
            shift = _finite_or_zero(true_at_data - at_data, np.mean)
            learned_energy = learned_energy + shift
            levels = _levels(true_energy, true_at_data)
            contours = _level_sets(axes[0], q, p, true_energy, levels)
            _level_sets(axes[1], q, p, learned_energy, levels)
            _colour_bar(figure, contours, axes[:2], energy_label)
            difference = learned_energy - true_energy
            errors = _level_sets(
                axes[2], q, p, difference, _symmetric_levels(difference, least=1e-6 * np.ptp(levels)), colours="PuOr_r"
            )
            _colour_bar(figure, errors, axes[2:], style.axis_label("difference", energy_unit))
            axes[0].set_title("True $H$\n")
            axes[1].set_title(
                f"{name}: learned $H$, shifted by\n{shift:+.3g} {energy_unit} (least squares at data)".replace("-", "−")
            )
            axes[2].set_title("Difference\n(learned − true)")
        for ax in axes:
            points = observed[:: max(1, len(observed) // _MOST_POINTS)]
            ax.scatter(*points.T, s=2.5, color="black", alpha=0.22, linewidths=0, zorder=3)
            ax.set_xlabel(style.axis_label(state_names[0], state_units[0]))
        axes[0].set(ylabel=style.axis_label(state_names[1], state_units[1]), xlim=limits[0], ylim=limits[1])


def _values(hamiltonian: Hamiltonian, states: np.ndarray) -> np.ndarray:
    return np.clip(np.asarray(hamiltonian(tf.constant(states)), np.float64), -1e100, 1e100)


def _finite_or_zero(values: np.ndarray, reduce: Callable) -> float:
    finite = values[np.isfinite(values)]
    return float(reduce(finite)) if finite.size else 0.0


def _levels(energy: np.ndarray, at_data: np.ndarray) -> np.ndarray:
    # Corners of the plane would take most levels; the colours end (pointed bar) above all but a fiftieth of the data.
    finite, at_data = energy[np.isfinite(energy)], at_data[np.isfinite(at_data)]
    ends = [finite.min(), np.percentile(at_data if at_data.size else finite, 98.0)] if finite.size else []
    low, high = axis_limits([np.array(ends)], margin=0.0)
    # Without the first, which is at or below the minimum: round-off there isn't a level set.
    return np.asarray(MaxNLocator(11).tick_values(low, high))[1:]


def _symmetric_levels(difference: np.ndarray, *, least: float) -> np.ndarray:
    # `least` keeps round-off from being drawn as a pattern.
    finite = np.abs(difference[np.isfinite(difference)])
    largest = max(least, float(np.percentile(finite, 95.0)) if finite.size else 1.0)
    return np.asarray(MaxNLocator(10, symmetric=True).tick_values(-largest, largest))


def _level_sets(
    ax: Axes, q: np.ndarray, p: np.ndarray, energy: np.ndarray, levels: np.ndarray, colours: str = "viridis"
) -> ContourSet:
    shown = np.ma.masked_invalid(clip_near(energy, (levels[0], levels[-1])).reshape(len(p), len(q)))
    filled = ax.contourf(q, p, shown, levels=levels, cmap=colours, extend="both")
    ax.contour(q, p, shown, levels=levels, colors="white", linewidths=0.5, alpha=0.7, linestyles="solid")
    return filled


def _colour_bar(figure: Figure, contours: ContourSet, axes: list[Axes], label: str) -> None:
    bar = figure.colorbar(contours, ax=axes, orientation="vertical", aspect=24, fraction=0.06, pad=0.03)
    bar.set_label(label)
    bar.outline.set_visible(False)
