"""Moving figures as small GIF files."""

import os
from collections.abc import Callable, Iterable, Iterator

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from hnn_tf.files.atomic_file import atomic_file

_LAST_FRAME = 1000
"""Milliseconds the last frame stays before the animation starts again."""

_COLOURS = 128


def moving_frames(
    figure: Figure, moving: Iterable[Artist], move: Callable[[float], None], moments: Iterable[float]
) -> Iterator[Image.Image]:
    """Draws what stands still once, and for every moment what moves only: several times as fast.

    Args:
      figure: The figure, complete.
      moving: Its artists that move, drawn by their zorder, over all others.
      move: Moves them to where they are at a moment.
      moments: One for each frame.

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
    """Rows time, values of `times` `[T]` and `values` `[T, d]` up to now, as `[k, 1 + d]`.

    The last one is now, interpolated. NaN where values aren't finite.
    """
    finite = np.where(np.isfinite(values), values, np.nan)
    before = times < now
    last = [now, *(np.interp(now, times, column) for column in finite.T)]
    return np.concatenate([np.column_stack([times, finite])[before], [last]])


def write_gif(path: str | os.PathLike, images: Iterable[Image.Image], fps: float) -> None:
    """Writes all images with the colours of the last, which has the longest trails: one palette, small frames."""
    rgb = list(images)
    palette = rgb[-1].quantize(_COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    colours = np.array(palette.getpalette()).reshape(-1, 3)
    # The background is white, not the mean of nearly white colours.
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
