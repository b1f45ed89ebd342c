"""The clean protocol: the system's own energy, noise-free states, a fixed horizon. The default."""

import numpy as np
import tensorflow as tf

from hnn_tf.evaluation.energy import energy_drift, energy_mse
from hnn_tf.evaluation.rollouts import evaluation_rollout
from hnn_tf.evaluation.trajectories import coordinate_mse, valid_prediction_time
from hnn_tf.systems import System
from hnn_tf.typing import VectorField


def evaluate_rollouts(
    model: VectorField, system: System, initial_states: np.ndarray, times: np.ndarray
) -> dict[str, float]:
    """Compares a model's trajectories with the true ones from the same noise-free initial states.

    Args:
      model: The learned vector field.
      system: The true system.
      initial_states: `[N, 2n]`.
      times: `[T]`; the horizon is their span.

    Returns:
      `energy_mse` (the system's H on both), `coordinate_mse`, `valid_prediction_time`, `energy_drift`.
    """
    true = evaluation_rollout(system, initial_states, times)
    predicted = evaluation_rollout(model, initial_states, times)
    true_energy = system.hamiltonian(tf.constant(true)).numpy()
    predicted_energy = system.hamiltonian(tf.constant(predicted)).numpy()
    return {
        "energy_mse": energy_mse(true_energy, predicted_energy),
        "coordinate_mse": coordinate_mse(true, predicted),
        "valid_prediction_time": valid_prediction_time(times, true, predicted),
        "energy_drift": energy_drift(times, predicted_energy),
    }
