"""Errors of the quantities that the motion of bodies conserves, besides the energy."""

import numpy as np
import tensorflow as tf

from hnn_tf.numerics.pieces import mean_in_pieces
from hnn_tf.systems.bodies import Bodies


def conserved_quantity_errors(system: Bodies, true: np.ndarray, predicted: np.ndarray) -> dict[str, float]:
    """Returns the mean squared errors of total momentum and of angular momentum, as the system defines them.

    Args:
      system: The bodies.
      true: The true trajectories `[N, T, 2n]`.
      predicted: The predicted trajectories `[N, T, 2n]`.

    Returns:
      `momentum_mse` and `angular_momentum_mse`, the means over trajectories, times and components.

    Raises:
      ValueError: If the shapes of the trajectories differ.
    """
    if true.shape != predicted.shape:
        raise ValueError(f"expected trajectories of equal shape; received {true.shape} and {predicted.shape}")
    quantities = {"momentum_mse": system.total_momentum, "angular_momentum_mse": system.angular_momentum}

    def errors(piece: slice) -> np.ndarray:
        before, after = (tf.constant(paths[piece]) for paths in (true, predicted))
        return np.array([np.mean((of(after).numpy() - of(before).numpy()) ** 2) for of in quantities.values()])

    means = mean_in_pieces(errors, len(true), states_each=true.shape[1])
    return dict(zip(quantities, means.tolist(), strict=True))
