"""The clean protocol, which is the default: the system's own energy, noise-free states, and a fixed horizon."""

import numpy as np

from hnn_tf.evaluation.energy import energies, energy_drift, energy_mse
from hnn_tf.evaluation.trajectories import coordinate_mse, valid_prediction_time
from hnn_tf.systems import System


def evaluate_rollouts(system: System, times: np.ndarray, true: np.ndarray, predicted: np.ndarray) -> dict[str, float]:
    """Compares predicted trajectories with the true ones from the same noise-free initial states.

    Args:
      system: The true system. Its H is the energy of both trajectories.
      times: `[T]`; the horizon is the span of the times.
      true: The true trajectories `[N, T, 2n]`.
      predicted: The model's trajectories `[N, T, 2n]`.

    Returns:
      `energy_mse` (by the system's H on both), `coordinate_mse`, `valid_prediction_time`, and `energy_drift`.
    """
    true_energy, predicted_energy = (energies(system.hamiltonian, paths) for paths in (true, predicted))
    return {
        "energy_mse": energy_mse(true_energy, predicted_energy),
        "coordinate_mse": coordinate_mse(true, predicted),
        "valid_prediction_time": valid_prediction_time(times, true, predicted),
        "energy_drift": energy_drift(times, predicted_energy),
    }
