"""The pendulum's true state in frames or in a latent, as the reference for models of frames."""

from collections.abc import Callable

import numpy as np

from hnn_tf.data.gymnasium_pendulum import TIME_STEP
from hnn_tf.evaluation.frame_angles import angles_of_frames
from hnn_tf.numerics.pieces import rows_in_pieces

_STATES_EACH = 10
"""The number of states as which each pair of frames counts in pieces, because several copies of a pair are made."""


def states_of_frame_pairs(pairs: np.ndarray) -> np.ndarray:
    """Measures the pendulum's angle and angular velocity in pairs of frames, true or decoded, without learned parts.

    theta_t comes from the later frame, and omega_t = (theta_t - theta_(t-1)) / dt. For the environment's own motion,
    this difference is the exact velocity, because the environment steps semi-implicitly.

    Args:
      pairs: `[..., 28, 28, 2]`, as `hnn_tf.data.frame_pairs` returns them.

    Returns:
      The states `[..., 2]`: theta (rad) from the hanging position, omega (rad/s). The state is NaN if the pair, or the
      sum of its squares in float32, is not finite.
    """
    pairs = np.asarray(pairs)
    flat = pairs.reshape(-1, *pairs.shape[-3:])
    states = rows_in_pieces(lambda piece: _states(flat[piece]), len(flat), states_each=_STATES_EACH)
    return states.reshape(*pairs.shape[:-3], 2)


def _states(pairs: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore"):
        pairs = np.asarray(pairs, np.float32)
        # Pairs whose distance from a picture would not be finite are also excluded.
        finite = np.isfinite(np.sum(pairs * pairs, (-3, -2, -1)))
    shown = np.where(finite[..., np.newaxis, np.newaxis, np.newaxis], pairs, 0.0)
    before, now = angles_of_frames(shown[..., 0]), angles_of_frames(shown[..., 1])
    return np.where(finite[..., np.newaxis], np.stack([now, (now - before) / TIME_STEP], -1), np.nan)


def fit_latent_map(latent: np.ndarray, states: np.ndarray, *, degree: int = 3) -> Callable[[np.ndarray], np.ndarray]:
    """Fits states as polynomials of a planar latent, by least squares on training data.

    Args:
      latent: `[N, 2]`.
      states: The states `[N, k]` to which the latents are mapped.
      degree: The largest total degree of the polynomials.

    Returns:
      The map from a latent `[..., 2]` to states `[..., k]`.

    Raises:
      ValueError: If there are fewer points than coefficients, the shapes do not fit, or a latent is not finite.
    """
    exponents = [(i, j) for i in range(degree + 1) for j in range(degree + 1 - i)]
    if latent.ndim != 2 or latent.shape[1] != 2 or states.ndim != 2 or not len(exponents) <= len(latent) == len(states):
        raise ValueError(
            f"expected latent [N, 2] and states [N, k], N >= {len(exponents)}; received {latent.shape}, {states.shape}"
        )
    if not np.isfinite(latent).all():
        raise ValueError("latent: expected finite values; received NaN or infinity")
    centre, scale = latent.mean(0), latent.std(0)
    scale = np.where(scale > 0, scale, 1.0)  # an encoder may give the same latent for all frames

    def features(points: np.ndarray) -> np.ndarray:
        with np.errstate(all="ignore"):  # a rollout may diverge
            x, y = np.moveaxis((points - centre) / scale, -1, 0)
            return np.stack([x**i * y**j for i, j in exponents], -1)

    coefficients = np.linalg.lstsq(features(latent), states, rcond=None)[0]

    def mapped(points: np.ndarray) -> np.ndarray:
        with np.errstate(all="ignore"):
            return features(points) @ coefficients

    return mapped


def swing_energy(states: np.ndarray) -> np.ndarray:
    """Returns the reference code's energy of Gymnasium's pendulum, 1.9 (1 - cos theta) + (omega / 4)^2, `[...]`.

    The unit is 8/3 J (1.9 stands for 15/8), and the energy is zero for the pendulum at rest in the hanging position.
    The environment's semi-implicit steps do not conserve this energy, which oscillates by about a tenth of its value.
    See `hnn_tf.data.discrete_energy`.

    Args:
      states: `[..., 2]`: theta (rad) from the hanging position, omega (rad/s).
    """
    theta, omega = np.moveaxis(np.asarray(states), -1, 0)
    return 1.9 * (1.0 - np.cos(theta)) + (0.25 * omega) ** 2
