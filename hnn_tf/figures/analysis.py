"""A figure with one row per system: predictions, their errors, and the quantities that they conserve."""

import dataclasses
import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from hnn_tf.figures import style
from hnn_tf.figures.canvas import legend_below, png_figure
from hnn_tf.figures.labelled import labelled_arrays, shaped, truth_first
from hnn_tf.figures.limits import axis_limits, by_role, line_near, log_limits, planar_limits

_TITLES = ("Predictions", "Squared\ncoordinate error", "HNN-conserved\nquantity", "True energy")

_WIDTH = 9.0
"""The width in inches of four panels that all have numbers on their axes."""


@dataclasses.dataclass(frozen=True)
class AnalysisRow:
    """One system: its trajectories by label, and the quantities that were measured along them.

    Attributes:
      title: The name of the system.
      times: `[T]`.
      trajectories: The states `[T, 2]` by label, or two coordinates of larger states.
      errors: The squared distance from the truth `[T]` by label, in squared units of the states.
      conserved: The energy by the LEARNED Hamiltonian along each trajectory `[T]` by label; its zero is arbitrary.
      energies: The energy by the TRUE Hamiltonian along each trajectory `[T]` by label.
      state_names: The names of the two coordinates.
      state_units: The units of the two coordinates.
      energy_unit: The unit of both energies.
      time_unit: The unit of the times.
    """

    title: str
    times: np.ndarray
    trajectories: Mapping[str, np.ndarray]
    errors: Mapping[str, np.ndarray]
    conserved: Mapping[str, np.ndarray]
    energies: Mapping[str, np.ndarray]
    state_names: Sequence[str]
    state_units: Sequence[str]
    energy_unit: str = ""
    time_unit: str = ""


def draw_analysis(path: str | os.PathLike, *, rows: Sequence[AnalysisRow]) -> None:
    """Draws for each system its predictions, their squared errors, the conserved quantity and the true energy.

    The learned H is drawn relative to its first value, on the axis of the true energy, which is shifted in the same
    way. The lines of both are therefore comparable. Non-finite and far values are cut off.

    Args:
      path: The PNG file to write.
      rows: The rows of the figure.

    Raises:
      ValueError: If there is no row, or shapes do not fit.
    """
    if not rows:
        raise ValueError("rows: expected at least one AnalysisRow; received none")
    rows = [_checked(row) for row in rows]
    with png_figure(path, width=_WIDTH, height=1.75 * len(rows) + 0.8) as figure:
        grid = figure.subplots(len(rows), len(_TITLES), squeeze=False)
        for ax, name in zip(grid[0], _TITLES, strict=True):
            ax.set_title(name)
        handles: dict[str, Any] = {}
        lines = style.line_styles(dict.fromkeys(label for row in rows for label in row.trajectories))
        for axes, row in zip(grid, rows, strict=True):
            handles |= _draw_predictions(axes[0], row, lines)
            _draw_errors(axes[1], row, lines)
            _draw_energies(axes[2:], row, lines)
            for ax in axes[1:]:
                ax.set(xlim=axis_limits([row.times], margin=0.0), xlabel=style.axis_label("time", row.time_unit))
                ax.grid(axis="y", color="#e3e3e3", linewidth=0.6)
                ax.set_axisbelow(True)
        figure.align_ylabels(grid)
        legend_below(figure, list(truth_first(handles).values()))


def _checked(row: AnalysisRow) -> AnalysisRow:
    times = shaped(f"times of {row.title!r}", row.times, None)
    arrays: dict[str, Any] = {
        name: labelled_arrays(f"{name} of {row.title!r}", getattr(row, name), len(times), *shape)
        for name, shape in (("trajectories", (2,)), ("errors", ()), ("conserved", ()), ("energies", ()))
    }
    for name, by_label in arrays.items():
        if unknown := sorted(set(by_label) - set(row.trajectories)):
            raise ValueError(
                f"{name} of {row.title!r}: expected labels of its trajectories {sorted(row.trajectories)}; "
                f"received {unknown}"
            )
    return dataclasses.replace(row, times=times, **arrays)


def _draw_predictions(ax: Axes, row: AnalysisRow, lines: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    limits = planar_limits(np.empty([0, 2]), row.trajectories)
    handles = {}
    for label, states in row.trajectories.items():
        handles[label] = ax.plot(*line_near(states, limits).T, **lines[label])[0]
        if label == "measured":
            # Chords between readings would cut across the curve.
            handles[label].set_linestyle("none")
    q_label, p_label = (style.axis_label(*pair) for pair in zip(row.state_names, row.state_units, strict=True))
    ax.set(xlim=limits[0], ylim=limits[1], xlabel=q_label, ylabel=p_label)
    ax.annotate(
        row.title,
        xy=(0.0, 0.5),
        xycoords=ax.yaxis.label,
        xytext=(-6.0, 0.0),
        textcoords="offset points",
        rotation=90,
        ha="right",
        va="center",
        fontsize=9.5,
        fontweight="bold",
    )
    return handles


def _draw_errors(ax: Axes, row: AnalysisRow, lines: Mapping[str, dict[str, Any]]) -> None:
    reference = np.concatenate([np.zeros(1), *(states.ravel() for states in by_role(row.trajectories)[0])])
    size = float(np.max(np.abs(reference), initial=1e-30, where=np.isfinite(reference)))
    errors = {label: error for label, error in row.errors.items() if label not in style.TRUTH_LABELS}
    limits = log_limits(list(errors.values()), min(size, 1e50) ** 2)
    ax.set_yscale("log")
    for label, error in errors.items():
        # Large errors are drawn just beyond the axes instead of at infinity. The logarithm of 0 is a gap.
        shown = np.where(error > 0, np.clip(error, limits[0] / 10, limits[1] * 10), np.nan)
        ax.plot(row.times, shown, **lines[label])
    ax.set(ylim=limits)


def _draw_energies(axes: Sequence[Axes], row: AnalysisRow, lines: Mapping[str, dict[str, Any]]) -> None:
    """Draws the learned H along the trajectories, and then the true H."""
    energy_limits = axis_limits(*by_role(row.energies), stretch=1.0)
    changes = {label: _from_first(values) for label, values in row.conserved.items()}
    start = next((_first(energy) for role in by_role(row.energies) for energy in role), 0.0)
    window = np.array(energy_limits) - start
    limits = axis_limits([*by_role(changes)[0], window], margin=0.0)
    panels = (("change", changes, limits), ("energy", row.energies, energy_limits))
    for ax, (name, values, (low, high)) in zip(axes, panels, strict=True):
        for label, line in values.items():
            ax.plot(row.times, line_near(line, (low, high)), **lines[label])
        ax.set(ylim=(low, high), ylabel=style.axis_label(name, row.energy_unit))


def _from_first(values: np.ndarray) -> np.ndarray:
    """Returns the values `[T]` minus the first finite value. Huge values stay huge."""
    return np.clip(values, -1e100, 1e100) - _first(values)


def _first(values: np.ndarray) -> float:
    finite = values[np.abs(values) < 1e100]
    return float(finite[0]) if finite.size else 0.0
