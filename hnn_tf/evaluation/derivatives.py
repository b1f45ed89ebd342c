"""How well a vector field gives the derivatives at given states."""

import numpy as np
import tensorflow as tf

from hnn_tf.typing import Samples, VectorField


def derivative_mse(vector_field: VectorField, samples: Samples) -> float:
    """Mean of (f(s) - ds/dt)^2 over samples and components.

    Args:
      vector_field: A model or a system; evaluated in its own precision.
      samples: Columns `state` and `time_derivative`, both `[N, 2n]`.

    Raises:
      ValueError: If their shapes differ.
    """
    if np.shape(samples["state"]) != np.shape(samples["time_derivative"]):
        raise ValueError(
            "samples: expected states and time derivatives of equal shape; "
            f"received {np.shape(samples['state'])} and {np.shape(samples['time_derivative'])}"
        )
    state = tf.constant(samples["state"], getattr(vector_field, "compute_dtype", "float64"))
    return float(np.mean((vector_field(state).numpy() - samples["time_derivative"]) ** 2))
