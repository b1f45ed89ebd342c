"""Recordings with time derivatives that are estimated from the states."""

import dataclasses

import numpy as np

from hnn_tf.data.recordings import Recordings
from hnn_tf.derivative_estimators import DERIVATIVE_ESTIMATORS
from hnn_tf.derivative_estimators.base import DerivativeEstimator
from hnn_tf.input_error import InputError


def with_estimated_derivatives(
    recordings: Recordings, estimator: DerivativeEstimator | str, *, denoise: bool = False
) -> Recordings:
    """Returns the recordings with estimated time derivatives. Recordings of equal length are estimated together.

    Args:
      recordings: The observed recordings.
      estimator: Any `DerivativeEstimator`, or its name.
      denoise: Whether the estimated states, to which the derivatives belong, replace the observed states.

    Raises:
      InputError: If there is no such estimator, or for the same reasons as in `DerivativeEstimator.estimate`.
    """
    if isinstance(estimator, str):
        if estimator not in DERIVATIVE_ESTIMATORS:
            known = ", ".join(sorted(DERIVATIVE_ESTIMATORS))
            raise InputError(f"estimator: expected one of {known}; received {estimator!r}")
        estimator = DERIVATIVE_ESTIMATORS[estimator]()
    found = list(recordings)
    for length in sorted({len(recording) for recording in recordings}):
        indices = [index for index, recording in enumerate(recordings) if len(recording) == length]
        times, states = (np.stack([getattr(found[i], name) for i in indices]) for name in ("times", "states"))
        estimate = estimator.estimate(times, states)
        for row, index in enumerate(indices):
            changed = {"time_derivatives": estimate.time_derivatives[row]}
            if denoise:
                changed["states"] = estimate.states[row]
            found[index] = dataclasses.replace(found[index], **changed)
    return dataclasses.replace(recordings, recordings=tuple(found))
