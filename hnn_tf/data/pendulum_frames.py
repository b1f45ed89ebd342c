"""Pictures of Gymnasium's Pendulum-v1, 28 x 28 pixels: by our own NumPy renderer, and by the environment itself."""

import importlib
import math
from typing import Any

import numpy as np

from hnn_tf.input_error import InputError

FRAME_SIZE = 28
"""Rows and columns of a frame."""

# The environment's scene, in its pixels: 500 of them for 4.4 rod lengths, the axle in the middle.
_LENGTH = 500 / 4.4
_HALF_WIDTH = 0.1 * _LENGTH
_CAP_RADIUS = int(_HALF_WIDTH)
_AXLE_RADIUS = int(0.05 * _LENGTH)
_CENTRE = 250
_RED_MINUS_GREEN = (204 - 77) / 255

_ROWS, _COLUMNS, _BLOCK = slice(238, 378), slice(180, 320), 5
_CROP = FRAME_SIZE * _BLOCK
# The environment draws with y upwards and turns the picture over at the end.
_AXLE_ROW, _AXLE_COLUMN = 499 - _CENTRE - _ROWS.start, _CENTRE - _COLUMNS.start

_CHUNK = 32  # frames at a time: their 140 x 140 pixels take 2.5 MB
_TIE = 1e-3  # more than float32 rounds, less than the coverages of two pixels beside one edge differ


def render_pendulum(angles: np.ndarray) -> np.ndarray:
    """Draws the pendulum as Gymnasium's Pendulum-v1 does, without Gymnasium.

    A pixel is (red - green) / 255 of the environment's 500 x 500 picture, cropped to rows 238-377 and columns
    180-319, averaged over blocks of 5 x 5. The red rod shows as 127/255; white and the black axle show as 0.

    What the environment draws, and so does this: the rod's corners and its end's centre are rounded down to whole
    pixels, so a frame stays the same over 0.0024 rad in the mean, 0.009 at most, and its angle is known no better. The
    rod is a filled polygon with an anti-aliased outline, whose half-covered pixels are painted full; at both ends
    there is a disc, on the nearer one the axle. Of 3000 angles in +-0.65 rad, 28 x 28 frames differ from
    Gymnasium 1.4's by 0.0105 at most (one half-covered pixel), by 1.9e-5 in the mean. About 0.1 ms a frame.

    Args:
      angles: `[...]`, from hanging (rad); positive swings to the right.

    Returns:
      Frames `[..., 28, 28]`, float32, in [0, 127/255].

    Raises:
      ValueError: If an angle isn't finite.

    References:
      Gymnasium, `envs/classic_control/pendulum.py`. SDL2_gfx, `SDL2_gfxPrimitives.c`. Wu. An efficient antialiasing
      technique. SIGGRAPH 1991, 10.1145/122718.122734.
    """
    angles = _checked(angles)
    flat = angles.ravel()
    frames = np.empty([flat.size, FRAME_SIZE, FRAME_SIZE], np.float32)
    for start in range(0, flat.size, _CHUNK):
        chunk = slice(start, start + _CHUNK)
        frames[chunk] = _shrink(_draw(flat[chunk]))
    return frames.reshape(*angles.shape, FRAME_SIZE, FRAME_SIZE)


def render_pendulum_by_gymnasium(angles: np.ndarray) -> np.ndarray:
    """Draws the pendulum by Gymnasium's own environment: the reference for `render_pendulum`. 2 to 5 ms a frame.

    Args:
      angles: `[...]`, from hanging (rad).

    Returns:
      Frames `[..., 28, 28]`, float32, in [0, 127/255]; pixels as in `render_pendulum`.

    Raises:
      ValueError: If an angle isn't finite.
      InputError: If Gymnasium or its drawing library isn't installed.
    """
    angles = _checked(angles)
    try:
        gymnasium: Any = importlib.import_module("gymnasium")
        importlib.import_module("pygame")
    except ImportError as error:
        raise InputError(
            f"Gymnasium's frames: expected gymnasium and pygame; received '{error}'; pip install 'hnn_tf[gymnasium]'"
        ) from error
    environment = gymnasium.make("Pendulum-v1", render_mode="rgb_array")
    frames = np.empty([angles.size, FRAME_SIZE, FRAME_SIZE], np.float32)
    try:
        environment.reset(seed=0)
        pendulum = environment.unwrapped
        pendulum.last_u = None  # or an arrow shows the last torque
        for frame, angle in zip(frames, angles.flat, strict=True):
            pendulum.state = np.array([angle + math.pi, 0.0])  # its angle counts from upright
            picture = pendulum.render()[_ROWS, _COLUMNS].astype(np.float32)
            frame[:] = _shrink((picture[..., 0] - picture[..., 1]) / 255)
    finally:
        environment.close()
    return frames.reshape(*angles.shape, FRAME_SIZE, FRAME_SIZE)


def _checked(angles: np.ndarray) -> np.ndarray:
    angles = np.asarray(angles, np.float64)
    if not np.isfinite(angles).all():
        raise ValueError("angles: expected finite numbers (rad); received NaN or infinity")
    return angles


def _shrink(pixels: np.ndarray) -> np.ndarray:
    """Means over blocks of 5 x 5: `[..., 140, 140]` -> `[..., 28, 28]`."""
    # Rows first: a sum over both axes at once is five times slower.
    rows = pixels.reshape(*pixels.shape[:-2], FRAME_SIZE, _BLOCK, _CROP).sum(-2)
    return rows.reshape(*pixels.shape[:-2], FRAME_SIZE, FRAME_SIZE, _BLOCK).sum(-1) / _BLOCK**2


def _draw(angles: np.ndarray) -> np.ndarray:
    """The cropped picture, (red - green) / 255: `[N]` -> `[N, 140, 140]`, float32."""
    sine, cosine = np.sin(angles), np.cos(angles)
    pixels = _rod(sine, cosine)
    centres = np.full_like(sine, _AXLE_COLUMN), np.full_like(sine, _AXLE_ROW)
    for columns, rows in (centres, _corner(sine, cosine, _LENGTH, 0.0)):
        place, disc = _disc_at(columns, rows, _CAP_RADIUS)
        pixels[place] += disc * (1 - pixels[place])
    place, axle = _disc_at(*centres, _AXLE_RADIUS)
    pixels[place] *= 1 - axle
    pixels *= np.float32(_RED_MINUS_GREEN)
    return pixels


def _corner(sine: np.ndarray, cosine: np.ndarray, along: float, across: float) -> tuple[np.ndarray, np.ndarray]:
    """Column and row of a point of the rod, rounded down to whole pixels before the picture is turned over."""
    column = np.floor(_CENTRE + along * sine + across * cosine) - _COLUMNS.start
    row = 499 - np.floor(_CENTRE - along * cosine + across * sine) - _ROWS.start
    return column, row


def _rod(sine: np.ndarray, cosine: np.ndarray) -> np.ndarray:
    """Coverage of the rod without its caps: `[N]` -> `[N, 140, 140]`.

    From an edge outwards, coverage falls from 1 to 0 within one pixel: a column beside a steep edge, a row beside a
    flat one. The filling is not anti-aliased; it paints what is less than half a column off the edge.
    """
    grid = np.arange(_CROP)
    ends = ((0.0, -_HALF_WIDTH), (0.0, _HALF_WIDTH), (_LENGTH, _HALF_WIDTH), (_LENGTH, -_HALF_WIDTH))
    corners = [_corner(sine, cosine, along, across) for along, across in ends]
    # The filling divides and rounds down before it multiplies, so half a column seems less on the rod's lower side.
    ties = (0.0, _TIE * np.sign(sine), 0.0, -_TIE * np.sign(sine))
    coverage = np.full([len(sine), _CROP, _CROP], np.inf, np.float32)
    inside = np.empty_like(coverage)
    for (column, row), (next_column, next_row), tie in zip(corners, corners[1:] + corners[:1], ties, strict=True):
        width, height = next_column - column, next_row - row
        longer = np.maximum(abs(width), abs(height))
        by_column = 1 - (height / longer)[:, None] * (grid - column[:, None])
        above_lower_end = np.maximum(row, next_row)[:, None] - grid
        is_rounded = 65536 * above_lower_end % np.maximum(abs(height), 1)[:, None] > 0
        by_row = (width / longer)[:, None] * (grid - row[:, None]) + np.reshape(tie, [-1, 1]) * is_rounded
        np.add(by_row.astype(np.float32)[:, :, None], by_column.astype(np.float32)[:, None, :], out=inside)
        np.minimum(coverage, inside, out=coverage)
    width, height = (abs(end - start) for start, end in zip(corners[1], corners[2], strict=True))
    half_column = 1 - 0.5 * height / np.maximum(width, height)
    np.copyto(coverage, 1, where=coverage > half_column.astype(np.float32)[:, None, None])
    return np.clip(coverage, 0, 1, out=coverage)


def _disc_at(columns: np.ndarray, rows: np.ndarray, radius: int) -> tuple[tuple[np.ndarray, ...], np.ndarray]:
    """Where in `[N, 140, 140]` a disc about each frame's centre lies, and its coverage there."""
    span = np.arange(-radius, radius + 1)
    x, y = np.abs(span), np.abs(span)[:, None]
    coverage = np.clip(1 + np.sqrt(radius**2 - np.minimum(x, y) ** 2) - np.maximum(x, y), 0, 1)
    coverage[(y < x) & (coverage > 0.5)] = 1  # as with the rod, the filling rounds columns
    row = rows.astype(int)[:, None, None] + span[:, None]
    column = columns.astype(int)[:, None, None] + span
    frame, i, j = np.nonzero((row >= 0) & (row < _CROP) & (column >= 0) & (column < _CROP))
    return (frame, row[frame, i, 0], column[frame, 0, j]), coverage[i, j].astype(np.float32)
