"""How well predicted trajectories keep what the motion of bodies conserves besides energy."""

import numpy as np
import tensorflow as tf

from hnn_tf.numerics.pieces import mean_in_pieces
from hnn_tf.systems import NBody


def conserved_quantity_errors(system: NBody, true: np.ndarray, predicted: np.ndarray) -> dict[str, float]:
    """Mean squared errors of total momentum and of angular momentum, the system's own on both.

    Args:
      system: The bodies.
      true: True trajectories `[N, T, 2n]`.
      predicted: Predicted trajectories `[N, T, 2n]`.

    Returns:
      `momentum_mse` and `angular_momentum_mse`, the mean over trajectories, times and components.

    Raises:
      ValueError: If their shapes differ.
    """
    if true.shape != predicted.shape:
        raise ValueError(f"expected trajectories of equal shape; received {true.shape} and {predicted.shape}")
    quantities = {"momentum_mse": system.total_momentum, "angular_momentum_mse": system.angular_momentum}

    def errors(piece: slice) -> np.ndarray:
        before, after = (tf.constant(paths[piece]) for paths in (true, predicted))
        return np.array([np.mean((of(after).numpy() - of(before).numpy()) ** 2) for of in quantities.values()])

    means = mean_in_pieces(errors, len(true), states_each=true.shape[1])
    return dict(zip(quantities, means.tolist(), strict=True))
