"""Errors of a vector field's time derivatives at given states."""

import numpy as np
import tensorflow as tf

from hnn_tf.declarations import declared
from hnn_tf.numerics.pieces import mean_in_pieces, rows_in_pieces
from hnn_tf.objectives.driven_motion import with_given
from hnn_tf.typing import Samples, VectorField

_STATES_EACH = 16
"""The number of states as which each sample counts when the samples are cut into pieces.

Nothing is compiled here. A tape keeps more memory for each state, there are copies in float64, and some allocators keep
the memory of a finished piece. On one processor, a quarter of this number was enough. On another, an evaluation with a
quarter took 470 MB.
"""


def derivative_mse(vector_field: VectorField, samples: Samples) -> float:
    """Returns the mean of (f(s) - ds/dt)^2 over samples and components, computed in pieces of bounded memory.

    Args:
      vector_field: A model or a system, which is evaluated in its own precision.
      samples: The columns `state` and `time_derivative`, both `[N, 2n]`, and, for a motion with inputs or parameters,
        `inputs` `[N, m]` and `parameters` `[N, k]`.

    Raises:
      ValueError: If the shapes of the columns differ.
      InputError: If inputs or parameters are missing, do not fit, or are given to a motion that takes none.
    """
    _check_equal(samples)
    mean = mean_in_pieces(
        lambda piece: float(np.mean(_squared_errors(vector_field, samples, piece))),
        len(samples["state"]),
        states_each=_STATES_EACH,
    )
    return float(mean)


def derivative_error_spread(vector_field: VectorField, samples: Samples) -> dict[str, float]:
    """Returns the spread of the errors, which the mean hides if a few samples have most of the error.

    For example, close encounters of bodies have most of the error.

    Args:
      vector_field: A model or a system.
      samples: The columns, as in `derivative_mse`.

    Returns:
      `median`: the median over samples of the mean over components of (f(s) - ds/dt)^2. `top_share`: the share of the
      total squared error that the worst thousandth of the samples (at least one sample) has; 0 if there is no error.
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
    dtype = declared(vector_field, "compute_dtype") or "float64"
    given = {name: tf.constant(samples[name][piece], dtype) for name in ("inputs", "parameters") if name in samples}
    motion = with_given(vector_field, **given)(tf.constant(samples["state"][piece], dtype))
    return (motion.numpy() - samples["time_derivative"][piece]) ** 2
