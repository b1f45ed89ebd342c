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
    return float(np.mean(_squared_errors(vector_field, samples)))


def derivative_error_spread(vector_field: VectorField, samples: Samples) -> dict[str, float]:
    """What the mean hides where a few samples have most of the error, as close encounters of bodies do.

    Args:
      vector_field: A model or a system.
      samples: As of `derivative_mse`.

    Returns:
      `median`: over the samples, of the mean over components of (f(s) - ds/dt)^2; `top_share`: share of all squared
      error that the worst thousandth of the samples (at least one) has, 0 if there is no error.
    """
    errors = np.sort(np.mean(_squared_errors(vector_field, samples), -1))
    worst = max(1, len(errors) // 1000)
    total = float(np.sum(errors))
    return {"median": float(np.median(errors)), "top_share": float(np.sum(errors[-worst:])) / total if total else 0.0}


def _squared_errors(vector_field: VectorField, samples: Samples) -> np.ndarray:
    if np.shape(samples["state"]) != np.shape(samples["time_derivative"]):
        raise ValueError(
            "samples: expected states and time derivatives of equal shape; "
            f"received {np.shape(samples['state'])} and {np.shape(samples['time_derivative'])}"
        )
    state = tf.constant(samples["state"], getattr(vector_field, "compute_dtype", "float64"))
    return (vector_field(state).numpy() - samples["time_derivative"]) ** 2
