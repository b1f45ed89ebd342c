"""Pictures of Gymnasium's Pendulum-v1 with 28 x 28 pixels, drawn with NumPy or by the environment itself."""

import importlib
import math
from typing import Any

import numpy as np

from hnn_tf.input_error import InputError

FRAME_SIZE = 28
"""The number of rows and of columns of a frame."""

# The environment's scene, in the environment's pixels: 500 pixels are 4.4 rod lengths. Coordinates are the coordinates
# of pixel centres. In the environment's drawings, outlines are half a pixel wider than the enclosed shape, and the axle
# is beside the middle.
_LENGTH = np.float32(500 / 4.4)
_CENTRE = np.float32(249.5)
_HALF_WIDTH = np.float32(0.1 * 500 / 4.4 + 0.6)
_CAP_RADIUS, _AXLE_RADIUS = np.float32(11.5), np.float32(5.5)
_AXLE_ROW, _AXLE_COLUMN = np.float32(249), np.float32(250)
_RED_MINUS_GREEN = np.float32((204 - 77) / 255)

_ROWS, _COLUMNS, _BLOCK = slice(238, 378), slice(180, 320), 5
_CHUNK = 64  # the number of frames at a time, whose 140 x 140 pixels take 5 MB per array


def render_pendulum(angles: np.ndarray) -> np.ndarray:
    """Draws the scene of Gymnasium's Pendulum-v1, without Gymnasium.

    A pixel is (red - green) / 255 of a 500 x 500 picture, cropped to rows 238-377 and columns 180-319 and averaged over
    blocks of 5 x 5, as in the reference code. The red rod, which has round ends, has the value 127/255. White and the
    black axle have the value 0.

    This function draws the rod at its exact place. Gymnasium rounds the corners and the end of the rod down to whole
    pixels, so that its frames do not change over about 2 mrad and then jump. Averaged over angles, the two agree
    (`tests/data/test_pendulum_frames.py`). The version of Gym in the paper drew with OpenGL, without rounding.

    Args:
      angles: `[...]`, from the hanging position (rad); positive angles are on the right.

    Returns:
      The frames `[..., 28, 28]`, float32, in [0, 127/255].

    Raises:
      ValueError: If an angle is not finite.

    References:
      Gymnasium, `envs/classic_control/pendulum.py`. Greydanus, Dzamba, Yosinski. arXiv:1906.01563, section 5.
    """
    angles = _checked(angles)
    flat = angles.ravel()
    frames = np.empty([flat.size, FRAME_SIZE, FRAME_SIZE], np.float32)
    for start in range(0, flat.size, _CHUNK):
        chunk = slice(start, start + _CHUNK)
        frames[chunk] = _shrink(_draw(flat[chunk]))
    return frames.reshape(*angles.shape, FRAME_SIZE, FRAME_SIZE)


def render_pendulum_by_gymnasium(angles: np.ndarray) -> np.ndarray:
    """Draws the pendulum with Gymnasium's own environment, as the reference for `render_pendulum`.

    A frame takes 2 to 5 ms.

    Args:
      angles: `[...]`, from the hanging position (rad).

    Returns:
      The frames `[..., 28, 28]`, float32, in [0, 127/255], with pixels as in `render_pendulum`.

    Raises:
      ValueError: If an angle is not finite.
      InputError: If Gymnasium or its drawing library is not installed.
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
        pendulum.last_u = None  # otherwise, an arrow shows the last torque
        for frame, angle in zip(frames, angles.flat, strict=True):
            pendulum.state = np.array([angle + math.pi, 0.0])  # the environment's angle counts from upright
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
    """Averages over blocks of 5 x 5: `[..., 140, 140]` -> `[..., 28, 28]`."""
    # The rows are summed first, because a sum over both axes at once is five times slower.
    rows = pixels.reshape(*pixels.shape[:-2], FRAME_SIZE, _BLOCK, FRAME_SIZE * _BLOCK).sum(-2)
    return rows.reshape(*pixels.shape[:-2], FRAME_SIZE, FRAME_SIZE, _BLOCK).sum(-1) / _BLOCK**2


def _draw(angles: np.ndarray) -> np.ndarray:
    """Draws the cropped picture, (red - green) / 255: `[N]` -> `[N, 140, 140]`, float32."""
    sine, cosine = (function(angles).astype(np.float32)[:, None, None] for function in (np.sin, np.cos))
    row = np.arange(_ROWS.start, _ROWS.stop, dtype=np.float32)[:, None]
    column = np.arange(_COLUMNS.start, _COLUMNS.stop, dtype=np.float32)
    x, y = column - _CENTRE, row - _CENTRE
    along, across = x * sine + y * cosine, x * cosine - y * sine
    rod = np.minimum(np.minimum(along, _LENGTH - along), _HALF_WIDTH - abs(across))
    end = _CAP_RADIUS - np.sqrt((x - _LENGTH * sine) ** 2 + (y - _LENGTH * cosine) ** 2)
    from_axle = np.hypot(column - _AXLE_COLUMN, row - _AXLE_ROW)
    # The covered part of a pixel is the distance of the edge from the pixel's centre, plus one half.
    red = np.clip(np.maximum(np.maximum(rod, end), _CAP_RADIUS - from_axle) + np.float32(0.5), 0, 1)
    black = np.clip(_AXLE_RADIUS - from_axle + np.float32(0.5), 0, 1)
    return red * (1 - black) * _RED_MINUS_GREEN
