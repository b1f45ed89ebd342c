"""A figure of films of truth and models, with some frames of each film side by side."""

import os
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.image import AxesImage

from hnn_tf.figures import style
from hnn_tf.figures.canvas import WIDTH, png_figure
from hnn_tf.figures.labelled import labelled_arrays, truth_first
from hnn_tf.figures.limits import by_role

_LABEL_WIDTH = 0.85
_WIDEST_COLUMN = 1.2
_TIME_HEIGHT = 0.25
_ERROR_HEIGHT = 0.18
"""These four sizes are in inches."""


def draw_film_strip(
    path: str | os.PathLike,
    *,
    frames: Mapping[str, np.ndarray],
    indices: Sequence[int],
    time_step: float,
    time_unit: str = "s",
    errors: Mapping[str, np.ndarray] | None = None,
) -> None:
    """Draws a row of frames for each label, with the truth first, and a column for each index, with its time above.

    Args:
      path: The PNG file to write.
      frames: Grey images `[T, height, width]` by label. 0 is white, and the truth's largest value is black in all rows.
      indices: The indices of the frames to draw.
      time_step: The time from one frame to the next.
      time_unit: The unit of the time step.
      errors: The error of each frame `[T]` by label, written below the frames. Labels without errors are allowed.

    Raises:
      ValueError: If shapes or labels do not fit, or there is no frame with a given index.
    """
    films = truth_first(labelled_arrays("frames", frames, None, None, None))
    num_frames, height, width = next(iter(films.values())).shape
    if not len(indices) or not all(0 <= index < num_frames for index in indices):
        raise ValueError(f"indices: expected some of 0 to {num_frames - 1}; received {list(indices)}")
    notes = labelled_arrays("errors", errors, num_frames) if errors else {}
    if not set(notes) <= set(films):
        raise ValueError(f"errors: expected labels of the frames {sorted(films)}; received {sorted(notes)}")
    column = min((WIDTH - _LABEL_WIDTH) / len(indices), _WIDEST_COLUMN)
    size = {
        "width": _LABEL_WIDTH + column * len(indices),
        "height": _TIME_HEIGHT + column * height / width * len(films) + _ERROR_HEIGHT * len(notes),
    }
    black = darkest(films)
    with png_figure(path, **size) as figure:
        figure.set_layout_engine("constrained", w_pad=0.02, h_pad=0.02, wspace=0.0, hspace=0.0)
        axes = figure.subplots(len(films), len(indices), squeeze=False)
        for time, ax in zip(_times(np.asarray(indices) * time_step), axes[0], strict=True):
            ax.set_title(f"{time} {time_unit}".rstrip(), fontsize=8.0, pad=3.0)
        for label, cells in zip(films, axes, strict=True):
            cells[0].set_ylabel(style.display_name(label), rotation=0, ha="right", va="center", fontsize=9.5)
            for index, ax in zip(indices, cells, strict=True):
                show_frame(ax, films[label][index], black)
                if label in notes:
                    ax.set_xlabel(_scientific(notes[label][index]), fontsize=7.0, labelpad=1.5)
            if label in notes:
                beside = {"ha": "right", "va": "top", "fontsize": 7.0, "transform": cells[0].transAxes}
                cells[0].text(-0.07, -0.02, "error", **beside)


def _times(times: np.ndarray) -> list[str]:
    """Formats the times with as many decimals as the time that needs most, and three at most."""
    decimals = next((count for count in range(3) if np.allclose(times, np.round(times, count))), 3)
    return [f"{time:.{decimals}f}" for time in times]


def _scientific(error: float) -> str:
    if not np.isfinite(error) or error == 0:
        return f"{error:.0f}"
    mantissa, exponent = f"{error:.1e}".split("e")
    return rf"${mantissa}\cdot10^{{{int(exponent)}}}$"


def darkest(films: Mapping[str, np.ndarray]) -> float:
    """Returns the value to draw as black: the truth's largest value, or any film's if there is no truth."""
    reference, others = by_role(films)
    values = np.concatenate([film.ravel() for film in reference or others])
    largest = float(np.max(values, initial=0.0, where=np.abs(values) < 1e100))
    return largest or 1.0


def show_frame(ax: Axes, frame: np.ndarray, black: float) -> AxesImage:
    """Draws an image, dark on white. Values that are not finite stay white."""
    ax.set(xticks=[], yticks=[])
    for spine in ax.spines.values():
        spine.set(visible=True, color="#cccccc")
    return ax.imshow(frame_values(frame, black), cmap="gray_r", vmin=0.0, vmax=black, interpolation="nearest")


def frame_values(frame: np.ndarray, black: float) -> np.ndarray:
    """Returns the frame's values, limited to the range that is drawn."""
    return np.clip(np.nan_to_num(frame, posinf=black), 0.0, black)
