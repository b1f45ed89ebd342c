"""How well a vector field gives the derivatives at given states."""

import numpy as np
import tensorflow as tf

from hnn_tf.numerics.pieces import mean_in_pieces, rows_in_pieces
from hnn_tf.typing import Samples, VectorField

_STATES_EACH = 16
"""Nothing is compiled here: a tape keeps more of each state, there are float64 copies, and some allocators hold on to
what a piece took. A quarter of it was enough on one processor and took 470 MB on another."""


def derivative_mse(vector_field: VectorField, samples: Samples) -> float:
    """Mean of (f(s) - ds/dt)^2 over samples and components, taken in pieces of bounded memory.

    Args:
      vector_field: A model or a system; evaluated in its own precision.
      samples: Columns `state` and `time_derivative`, both `[N, 2n]`.

    Raises:
      ValueError: If their shapes differ.
    """
    _check_equal(samples)
    mean = mean_in_pieces(
        lambda piece: float(np.mean(_squared_errors(vector_field, samples, piece))),
        len(samples["state"]),
        states_each=_STATES_EACH,
    )
    return float(mean)


def derivative_error_spread(vector_field: VectorField, samples: Samples) -> dict[str, float]:
    """What the mean hides where a few samples have most of the error, as close encounters of bodies do.

    Args:
      vector_field: A model or a system.
      samples: As of `derivative_mse`.

    Returns:
      `median`: over the samples, of the mean over components of (f(s) - ds/dt)^2; `top_share`: share of all squared
      error that the worst thousandth of the samples (at least one) has, 0 if there is no error.
    """
    _check_equal(samples)
    errors = rows_in_pieces(
        lambda piece: np.mean(_squared_errors(vector_field, samples, piece), -1),
        len(samples["state"]),
        states_each=_STATES_EACH,
    )
    errors.sort()
    worst = max(1, len(errors) // 1000)
    total = float(np.sum(errors))
    top_share = float(np.sum(errors[-worst:])) / total if total else 0.0
    return {"median": float(np.median(errors, overwrite_input=True)), "top_share": top_share}


def _check_equal(samples: Samples) -> None:
    if np.shape(samples["state"]) != np.shape(samples["time_derivative"]):
        raise ValueError(
            "samples: expected states and time derivatives of equal shape; "
            f"received {np.shape(samples['state'])} and {np.shape(samples['time_derivative'])}"
        )


def _squared_errors(vector_field: VectorField, samples: Samples, piece: slice) -> np.ndarray:
    state = tf.constant(samples["state"][piece], getattr(vector_field, "compute_dtype", "float64"))
    return (vector_field(state).numpy() - samples["time_derivative"][piece]) ** 2
