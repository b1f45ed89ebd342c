"""Errors of the true energy along predicted trajectories."""

from typing import NamedTuple

import numpy as np
import scipy.stats
import tensorflow as tf

from hnn_tf.motion_parameters import at_parameters
from hnn_tf.numerics.pieces import of_piece, rows_in_pieces
from hnn_tf.typing import Hamiltonian

_BLOCKS = 50


class Slope(NamedTuple):
    """A slope with its 95 % confidence interval."""

    value: float
    low: float
    high: float


def energies(hamiltonian: Hamiltonian, paths: np.ndarray, *, parameters: np.ndarray | None = None) -> np.ndarray:
    """Returns the energies `[N, T]` along trajectories `[N, T, 2n]`, computed in pieces of bounded memory.

    Args:
      hamiltonian: A function from a state `[..., 2n]` to its energy `[...]`, for example a system's.
      paths: The trajectories, in the precision that the Hamiltonian accepts.
      parameters: Theta of a Hamiltonian with parameters, `[k]` or `[N, k]`.
    """

    def of(piece: slice) -> np.ndarray:
        theta = of_piece(parameters, piece, ndim=2)
        theta = np.asarray(theta)[:, np.newaxis] if np.ndim(theta) == 2 else theta  # one row for all times
        return at_parameters(hamiltonian, theta)(tf.constant(paths[piece])).numpy()

    return rows_in_pieces(of, len(paths), states_each=paths.shape[1])


def energy_mse(true_energy: np.ndarray, predicted_energy: np.ndarray) -> float:
    """Returns the mean of (H(s_pred) - H(s_true))^2, where H is the TRUE Hamiltonian of both energies `[..., T]`.

    Raises:
      ValueError: If the shapes of the energies differ.
    """
    return float(np.mean(_squared_errors(true_energy, predicted_energy)))


def median_energy_mse(true_energy: np.ndarray, predicted_energy: np.ndarray) -> float:
    """Returns the median over trajectories of the mean of (H(s_pred) - H(s_true))^2, from energies `[N, T]`.

    The median is the error of a typical trajectory.

    Raises:
      ValueError: If the shapes of the energies differ.
    """
    return float(np.median(np.mean(_squared_errors(true_energy, predicted_energy), -1)))


def energy_drift(times: np.ndarray, energy: np.ndarray) -> float:
    """Returns the secular drift of the energy: the root mean square over trajectories of the slope of H(t) - H(0).

    The slope is the slope of the least-squares line, so a bounded oscillation of the energy contributes little.

    Args:
      times: `[T]`.
      energy: The true energy along predicted trajectories, `[N, T]`.

    Returns:
      The root mean square of the slopes, in units of energy per time.
    """
    centred = times - np.mean(times)
    slopes = (energy - energy[..., :1]) @ centred / np.sum(centred**2)
    return float(np.sqrt(np.mean(slopes**2)))


def energy_slope(times: np.ndarray, energy: np.ndarray) -> Slope:
    """Returns the secular drift of the energy along ONE long trajectory, with its 95 % confidence interval.

    The energy error of a symplectic integrator oscillates and does not grow. Neighbouring values depend on each other,
    so a line through all values would give a much too narrow interval. For this reason, the line goes through the means
    of 50 blocks. The ends of the blocks are drawn at random (with a fixed seed). With equal blocks, the phase at which
    an oscillation is cut would itself change slowly, and would look like a drift.

    Two effects look like a drift here: an oscillation that is longer than the trajectory, and the random walk of
    round-off. A slope of about one rounding per step therefore has no meaning.

    Args:
      times: `[T]`, equally spaced, T >= 500.
      energy: `[T]`.

    Returns:
      The slope, in units of energy per time.

    Raises:
      ValueError: If there are too few times, or a value is not finite.

    References:
      Law. Simulation Modeling and Analysis, 5th ed., 2014, section 9.5.3 (batch means).
    """
    if times.shape != energy.shape or times.ndim != 1 or len(times) < 10 * _BLOCKS:
        raise ValueError(f"expected equal shapes [T], T >= {10 * _BLOCKS}; received {times.shape} and {energy.shape}")
    if not np.isfinite(energy).all():
        raise ValueError("energy: expected finite values; received NaN or infinity, because the trajectory diverges")
    spread = np.random.default_rng(0).uniform(0.5, 1.5, _BLOCKS)
    ends = (np.cumsum(spread) / np.sum(spread) * len(times)).astype(int)
    starts = np.concatenate([[0], ends[:-1]])
    blocks = [np.add.reduceat(values, starts) / (ends - starts) for values in (times, energy - energy[0])]
    line = scipy.stats.linregress(*blocks)
    reach = scipy.stats.t.ppf(0.975, _BLOCKS - 2) * line.stderr
    return Slope(float(line.slope), float(line.slope - reach), float(line.slope + reach))


def _squared_errors(true_energy: np.ndarray, predicted_energy: np.ndarray) -> np.ndarray:
    if true_energy.shape != predicted_energy.shape:
        raise ValueError(f"expected energies of equal shape; received {true_energy.shape} and {predicted_energy.shape}")
    return (predicted_energy - true_energy) ** 2
