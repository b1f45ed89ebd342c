"""The angle of the pendulum in a frame."""

import functools

import numpy as np

from hnn_tf.data.pendulum_frames import FRAME_SIZE, render_pendulum

_SPACING = 0.01  # the angle between two templates, in rad
_REACH = 105  # the number of templates on each side, which cover 60 degrees
_CHUNK = 512


def angles_of_frames(frames: np.ndarray) -> np.ndarray:
    """Measures the angles in frames of `render_pendulum`, true or decoded, by least squares against templates.

    The function finds argmin_theta |frame - template(theta)|^2 over 211 templates in +-60 degrees, 0.01 rad apart, and
    then the minimum of the parabola through the best template and its two neighbours. Nothing is learned. The measured
    errors for angles in +-0.65 rad, in mrad:

    | frames | rms | largest |
    | --- | --- | --- |
    | of `render_pendulum` | 0.08 | 0.3 |
    | with Gaussian noise of 0.01 per pixel | 0.23 | 1.1 |
    | of Gymnasium, where the rod moves in jerks | 1.5 | 4.3 |

    For a frame without a rod, for example a blank frame, the result has no meaning.

    Args:
      frames: `[..., 28, 28]`, with the values of `render_pendulum`.

    Returns:
      The angles `[...]`, float64, from the hanging position (rad), within +-60 degrees.

    Raises:
      ValueError: If the last axes are not 28 x 28, or a value is not finite.
    """
    frames = np.asarray(frames, np.float32)
    if frames.shape[-2:] != (FRAME_SIZE, FRAME_SIZE):
        raise ValueError(f"frames: expected [..., {FRAME_SIZE}, {FRAME_SIZE}]; received {list(frames.shape)}")
    if not np.isfinite(frames).all():
        raise ValueError("frames: expected finite values; received NaN or infinity")
    flat = frames.reshape(-1, FRAME_SIZE**2)
    angles = [_best_angles(flat[start : start + _CHUNK]) for start in range(0, len(flat), _CHUNK)]
    return np.concatenate([np.empty(0), *angles]).reshape(frames.shape[:-2])


def _best_angles(frames: np.ndarray) -> np.ndarray:
    templates = _templates()
    # Half the squared distance, without |frame|^2, which is the same for all templates.
    distances = 0.5 * np.sum(templates**2, -1) - frames @ templates.T
    best = np.clip(np.argmin(distances, -1), 1, 2 * _REACH - 1)
    before, here, after = np.take_along_axis(distances, best[:, None] + np.arange(-1, 2), -1).astype(np.float64).T
    # A frame that is unlike all templates can give a flat or an inverted parabola. The result is then the best
    # template.
    curvature = before - 2 * here + after
    shift = np.divide(0.5 * (before - after), curvature, out=np.zeros_like(here), where=curvature > 0)
    return (best - _REACH + np.clip(shift, -1, 1)) * _SPACING


@functools.lru_cache(maxsize=1)
def _templates() -> np.ndarray:
    """Returns the templates `[2 * 105 + 1, 784]`, which are drawn once."""
    return render_pendulum(np.arange(-_REACH, _REACH + 1) * _SPACING).reshape(-1, FRAME_SIZE**2)
