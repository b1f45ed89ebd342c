"""A figure of the distance of trajectories from the truth."""

import os
from collections.abc import Mapping, Sequence

import numpy as np

from hnn_tf.figures import style
from hnn_tf.figures.canvas import legend_below, png_figure
from hnn_tf.figures.limits import axis_limits, line_near, log_limits


def draw_coordinate_error(
    path: str | os.PathLike,
    *,
    times: np.ndarray,
    true: np.ndarray,
    predicted: Mapping[str, np.ndarray],
    state_names: Sequence[str],
    state_units: Sequence[str],
    time_unit: str = "s",
    true_label: str = "truth",
) -> None:
    """Draws the first position over time and, on a logarithmic scale, the distance of each prediction from the truth.

    Args:
      path: The PNG file to write.
      times: `[T]`.
      true: The true or measured trajectory `[T, 2n]`.
      predicted: The trajectory `[T, 2n]` by label; non-finite and far values are cut off.
      state_names: The names of the 2n coordinates.
      state_units: The units of the 2n coordinates.
      time_unit: The unit of the times.
      true_label: "truth" or "measured".
    """
    true = np.asarray(true, np.float64)
    errors = {label: _distance(np.asarray(states, np.float64), true) for label, states in predicted.items()}
    positions = axis_limits([true[:, 0]], [np.asarray(states)[:, 0] for states in predicted.values()], stretch=0.5)
    span = axis_limits([times], margin=0.0)
    lines = style.line_styles([true_label, *predicted])
    with png_figure(path, height=3.0) as figure:
        left, right = figure.subplots(1, 2)
        handles = left.plot(times, line_near(true[:, 0], positions), **lines[true_label])
        for label, states in predicted.items():
            handles += left.plot(times, line_near(np.asarray(states)[:, 0], positions), **lines[label])
        left.set(
            xlim=span,
            ylim=positions,
            xlabel=style.axis_label("time", time_unit),
            ylabel=style.axis_label(state_names[0], state_units[0]),
            title="Position",
        )
        limits = log_limits(list(errors.values()), float(np.max(np.abs(true), initial=1e-30, where=np.isfinite(true))))
        right.set_yscale("log")
        for label, error in errors.items():
            # Large errors are drawn just beyond the axes instead of at infinity. The logarithm of 0 is a gap.
            shown = np.where(error > 0, np.clip(error, limits[0] / 10, limits[1] * 10), np.nan)
            right.plot(times, shown, **lines[label])
        right.set(
            xlim=span,
            ylim=limits,
            xlabel=style.axis_label("time", time_unit),
            ylabel=style.axis_label(
                rf"$|s_\mathrm{{pred}} - s_\mathrm{{{true_label}}}|$",
                ", ".join(dict.fromkeys(unit for unit in state_units if unit)),
            ),
            title=f"Distance from the {'measurement' if true_label == 'measured' else 'truth'}",
        )
        right.grid(axis="y", color="#e3e3e3", linewidth=0.6)
        right.set_axisbelow(True)
        legend_below(figure, handles)


def _distance(states: np.ndarray, true: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        return np.linalg.norm(np.clip(states - true, -1e100, 1e100), axis=-1)
