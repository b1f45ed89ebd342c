"""Animations of films of truth and models, as GIF files."""

import os
from collections.abc import Mapping

import numpy as np

from hnn_tf.figures.canvas import DPI, styled_figure
from hnn_tf.figures.film_strip import darkest, frame_values, show_frame
from hnn_tf.figures.gif import moving_frames, write_gif
from hnn_tf.figures.labelled import labelled_arrays, title, truth_first

_GAP = 14
_TOP = 26
_BOTTOM = 28
"""These three sizes are in pixels."""


def draw_frame_animation(
    path: str | os.PathLike,
    *,
    frames: Mapping[str, np.ndarray],
    time_step: float,
    fps: int = 20,
    scale: int = 6,
    time_unit: str = "s",
) -> None:
    """Shows films side by side, with the truth first, and a clock.

    Args:
      path: The GIF file to write.
      frames: Grey images `[T, height, width]` by label. 0 is white, and the truth's largest value is black in all
        films.
      time_step: The time from one frame to the next.
      fps: The number of frames per second.
      scale: The side length of the square that shows a pixel of a film.
      time_unit: The unit of the time step.

    Raises:
      ValueError: If shapes do not fit.
    """
    films = truth_first(labelled_arrays("frames", frames, None, None, None))
    num_frames, height, width = (int(size) for size in next(iter(films.values())).shape)
    black = darkest(films)
    whole = np.array([_GAP + (width * scale + _GAP) * len(films), _TOP + height * scale + _BOTTOM])
    # The figure is a hundredth of a pixel larger. Otherwise, round-off would remove the last pixel.
    with styled_figure(width=(whole[0] + 0.01) / DPI, height=(whole[1] + 0.01) / DPI) as figure:
        figure.set_layout_engine("none")
        images = {}
        for column, (label, film) in enumerate(films.items()):
            left = _GAP + column * (width * scale + _GAP)
            # The axes have exact pixel positions, so that enlarged pixels are equal squares.
            box = np.array([left, _BOTTOM, width * scale, height * scale]) / np.tile(whole, 2)
            ax = figure.add_axes((box[0], box[1], box[2], box[3]))
            images[label] = show_frame(ax, film[0], black)
            ax.set_title(title(label), fontsize=9.0, pad=4.0)
        clock = figure.text(0.5, _BOTTOM / 2 / whole[1], "", ha="center", va="center")

        def move(now: float) -> None:
            for label, film in films.items():
                images[label].set_data(frame_values(film[int(now)], black))
            clock.set_text(f"$t$ = {now * time_step:.2f} {time_unit}".rstrip())

        # The borders are drawn again with the images, which cover them.
        borders = [spine for ax in figure.axes for spine in ax.spines.values()]
        write_gif(path, moving_frames(figure, [*images.values(), *borders, clock], move, range(num_frames)), fps)
