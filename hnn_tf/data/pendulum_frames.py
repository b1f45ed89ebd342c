"""Pictures of Gymnasium's Pendulum-v1, 28 x 28 pixels: by our own NumPy renderer, and by the environment itself."""

import importlib
import math
from typing import Any

import numpy as np

from hnn_tf.input_error import InputError

FRAME_SIZE = 28
"""Rows and columns of a frame."""

# The environment's scene, in its pixels: 500 of them for 4.4 rod lengths. Coordinates are those of pixel centres. As it
# draws them, outlines are half a pixel wider than what they enclose, and the axle is beside the middle.
_LENGTH = np.float32(500 / 4.4)
_CENTRE = np.float32(249.5)
_HALF_WIDTH = np.float32(0.1 * 500 / 4.4 + 0.6)
_CAP_RADIUS, _AXLE_RADIUS = np.float32(11.5), np.float32(5.5)
_AXLE_ROW, _AXLE_COLUMN = np.float32(249), np.float32(250)
_RED_MINUS_GREEN = np.float32((204 - 77) / 255)

_ROWS, _COLUMNS, _BLOCK = slice(238, 378), slice(180, 320), 5
_CHUNK = 64  # frames at a time: their 140 x 140 pixels take 5 MB an array


def render_pendulum(angles: np.ndarray) -> np.ndarray:
    """Draws the scene of Gymnasium's Pendulum-v1, without Gymnasium.

    A pixel is (red - green) / 255 of a 500 x 500 picture, cropped to rows 238-377 and columns 180-319, averaged over
    blocks of 5 x 5, as the reference code does it. The red rod, with round ends, shows as 127/255; white and the black
    axle show as 0.

    The rod is where it is. Gymnasium rounds its corners and its end down to whole pixels, so that its frames stand
    still over some 2 mrad and then jump; averaged over angles, the two agree (`tests/data/test_pendulum_frames.py`).
    The Gym of the paper, which drew by OpenGL, didn't round.

    Args:
      angles: `[...]`, from hanging (rad); positive swings to the right.

    Returns:
      Frames `[..., 28, 28]`, float32, in [0, 127/255].

    Raises:
      ValueError: If an angle isn't finite.

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
    rows = pixels.reshape(*pixels.shape[:-2], FRAME_SIZE, _BLOCK, FRAME_SIZE * _BLOCK).sum(-2)
    return rows.reshape(*pixels.shape[:-2], FRAME_SIZE, FRAME_SIZE, _BLOCK).sum(-1) / _BLOCK**2


def _draw(angles: np.ndarray) -> np.ndarray:
    """The cropped picture, (red - green) / 255: `[N]` -> `[N, 140, 140]`, float32."""
    sine, cosine = (function(angles).astype(np.float32)[:, None, None] for function in (np.sin, np.cos))
    row = np.arange(_ROWS.start, _ROWS.stop, dtype=np.float32)[:, None]
    column = np.arange(_COLUMNS.start, _COLUMNS.stop, dtype=np.float32)
    x, y = column - _CENTRE, row - _CENTRE
    along, across = x * sine + y * cosine, x * cosine - y * sine
    rod = np.minimum(np.minimum(along, _LENGTH - along), _HALF_WIDTH - abs(across))
    end = _CAP_RADIUS - np.sqrt((x - _LENGTH * sine) ** 2 + (y - _LENGTH * cosine) ** 2)
    from_axle = np.hypot(column - _AXLE_COLUMN, row - _AXLE_ROW)
    # A pixel is covered as far as the edge is from its centre.
    red = np.clip(np.maximum(np.maximum(rod, end), _CAP_RADIUS - from_axle) + np.float32(0.5), 0, 1)
    black = np.clip(_AXLE_RADIUS - from_axle + np.float32(0.5), 0, 1)
    return red * (1 - black) * _RED_MINUS_GREEN
