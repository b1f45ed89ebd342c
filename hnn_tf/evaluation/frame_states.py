"""The pendulum's true state, as pictures or a latent show it: what models that see pictures are judged by."""

from collections.abc import Callable

import numpy as np

from hnn_tf.data.gymnasium_pendulum import TIME_STEP
from hnn_tf.evaluation.frame_angles import angles_of_frames
from hnn_tf.numerics.pieces import rows_in_pieces

_STATES_EACH = 10
"""As which a pair counts, of which there are some copies."""


def states_of_frame_pairs(pairs: np.ndarray) -> np.ndarray:
    """Angle and angular velocity of the pendulum in pairs of frames, true or decoded, without any learned part.

    theta_t from the later frame, omega_t = (theta_t - theta_(t-1)) / dt, which of the environment's own motion is its
    exact velocity, because it steps semi-implicitly.

    Args:
      pairs: `[..., 28, 28, 2]`, as `hnn_tf.data.frame_pairs` gives them.

    Returns:
      States `[..., 2]`: theta (rad) from hanging, omega (rad/s); NaN of pairs that aren't finite, or whose
      squares' sum isn't in float32.
    """
    pairs = np.asarray(pairs)
    flat = pairs.reshape(-1, *pairs.shape[-3:])
    states = rows_in_pieces(lambda piece: _states(flat[piece]), len(flat), states_each=_STATES_EACH)
    return states.reshape(*pairs.shape[:-3], 2)


def _states(pairs: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore"):
        pairs = np.asarray(pairs, np.float32)
        # Also without those whose distance from a picture isn't finite.
        finite = np.isfinite(np.sum(pairs * pairs, (-3, -2, -1)))
    shown = np.where(finite[..., np.newaxis, np.newaxis, np.newaxis], pairs, 0.0)
    before, now = angles_of_frames(shown[..., 0]), angles_of_frames(shown[..., 1])
    return np.where(finite[..., np.newaxis], np.stack([now, (now - before) / TIME_STEP], -1), np.nan)


def fit_latent_map(latent: np.ndarray, states: np.ndarray, *, degree: int = 3) -> Callable[[np.ndarray], np.ndarray]:
    """Fits states as polynomials of a planar latent, by least squares on training data.

    Args:
      latent: `[N, 2]`.
      states: What they should be mapped to, `[N, k]`.
      degree: Largest total degree of the polynomials.

    Returns:
      The map, latent `[..., 2]` -> states `[..., k]`.

    Raises:
      ValueError: If there are fewer points than coefficients, the shapes don't fit, or a latent isn't finite.
    """
    exponents = [(i, j) for i in range(degree + 1) for j in range(degree + 1 - i)]
    if latent.ndim != 2 or latent.shape[1] != 2 or states.ndim != 2 or not len(exponents) <= len(latent) == len(states):
        raise ValueError(
            f"expected latent [N, 2] and states [N, k], N >= {len(exponents)}; received {latent.shape}, {states.shape}"
        )
    if not np.isfinite(latent).all():
        raise ValueError("latent: expected finite values; received NaN or infinity")
    centre, scale = latent.mean(0), latent.std(0)
    scale = np.where(scale > 0, scale, 1.0)  # of an encoder that gives the same for all

    def features(points: np.ndarray) -> np.ndarray:
        with np.errstate(all="ignore"):  # of a rollout that diverges
            x, y = np.moveaxis((points - centre) / scale, -1, 0)
            return np.stack([x**i * y**j for i, j in exponents], -1)

    coefficients = np.linalg.lstsq(features(latent), states, rcond=None)[0]

    def mapped(points: np.ndarray) -> np.ndarray:
        with np.errstate(all="ignore"):
            return features(points) @ coefficients

    return mapped


def swing_energy(states: np.ndarray) -> np.ndarray:
    """The reference code's energy of Gymnasium's pendulum, 1.9 (1 - cos theta) + (omega / 4)^2, `[...]`.

    In units of 8/3 J (1.9 stands for 15/8), zero when it hangs at rest. The environment's semi-implicit steps don't
    conserve it: it swings by some tenth of itself, see `hnn_tf.data.discrete_energy`.

    Args:
      states: `[..., 2]`: theta (rad) from hanging, omega (rad/s).
    """
    theta, omega = np.moveaxis(np.asarray(states), -1, 0)
    return 1.9 * (1.0 - np.cos(theta)) + (0.25 * omega) ** 2
