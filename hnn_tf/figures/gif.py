"""Animations as small GIF files."""

import os
from collections.abc import Callable, Iterable, Iterator

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from hnn_tf.files.atomic_file import atomic_file

_LAST_FRAME = 1000
"""The time in milliseconds for which the last frame stays before the animation starts again."""

_COLOURS = 128


def moving_frames(
    figure: Figure, moving: Iterable[Artist], move: Callable[[float], None], moments: Iterable[float]
) -> Iterator[Image.Image]:
    """Draws the still parts of a figure once, and only the moving parts for every moment.

    This is several times as fast as drawing everything.

    Args:
      figure: The complete figure.
      moving: The moving artists, which are drawn over all others, in the order of their zorder.
      move: A function that moves the artists to their places at a moment.
      moments: The moments, one for each frame.

    Yields:
      An RGB image of the whole figure for each moment.
    """
    canvas = FigureCanvasAgg(figure)
    moving = sorted(moving, key=lambda artist: artist.get_zorder())
    for artist in moving:
        artist.set_animated(True)
    canvas.draw()
    background = canvas.copy_from_bbox(figure.bbox)
    for moment in moments:
        move(moment)
        canvas.restore_region(background)
        for artist in moving:
            figure.draw_artist(artist)
        yield Image.fromarray(np.asarray(canvas.buffer_rgba())[..., :3].copy())


def rows_until(times: np.ndarray, values: np.ndarray, now: float) -> np.ndarray:
    """Returns the rows (time, values) of `times` `[T]` and `values` `[T, d]` up to now, as `[k, 1 + d]`.

    The last row is the present, which is interpolated. Values that are not finite become NaN.
    """
    finite = np.where(np.isfinite(values), values, np.nan)
    before = times < now
    last = [now, *(np.interp(now, times, column) for column in finite.T)]
    return np.concatenate([np.column_stack([times, finite])[before], [last]])


def write_gif(path: str | os.PathLike, images: Iterable[Image.Image], fps: float) -> None:
    """Writes all images with one palette, the colours of the last image, so that the frames are small.

    The last image has the longest trails.
    """
    rgb = list(images)
    palette = rgb[-1].quantize(_COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    colours = np.array(palette.getpalette()).reshape(-1, 3)
    # The background becomes white, instead of the mean of nearly white colours.
    colours[colours.min(-1) > 240] = 255
    palette.putpalette(colours.ravel().tolist())
    indexed = [image.quantize(palette=palette, dither=Image.Dither.NONE) for image in rgb]
    durations = [round(1000 / fps)] * (len(indexed) - 1) + [_LAST_FRAME]
    with atomic_file(path) as temporary:
        indexed[0].save(
            temporary,
            format="GIF",
            save_all=True,
            append_images=indexed[1:],
            duration=durations,
            loop=0,
            optimize=False,
        )
