"""The friction coefficient of a trained model, with its 95 % interval."""

from collections.abc import Callable
from typing import Any, NamedTuple

import keras
import numpy as np

from hnn_tf.declarations import declared
from hnn_tf.evaluation.rollouts import evaluation_rollout
from hnn_tf.input_error import InputError
from hnn_tf.motion_inputs import check_free
from hnn_tf.motion_parameters import check_parameters
from hnn_tf.objectives import Objective
from hnn_tf.training.training_loop import TrainingLoop
from hnn_tf.typing import Samples

_WINDOW = 20
"""The number of readings in each window, through which one motion is fitted to separate the readings from their noise.

Each motion has two fitted numbers for the forty numbers of its readings.
"""

_CORRECTIONS = 3
"""The number of Newton corrections of the windows' initial states, which begin within the noise of the best states."""

_ROUNDS = 2
"""The number of rounds.

The bias has to be the bias at the true friction. The first round knows only the friction of the trained model.
"""

_LEAST = 0.01
"""The smallest known coefficient of a round, relative to the trained coefficient.

The model learns the square root of the coefficient. At 0, the loss has no gradient to the root, so the root would not
change.
"""

_DEVIATIONS = 2.1
"""The 97.5 % quantile of Student's distribution for 20 refits. For more refits, the quantile is little smaller."""


class FrictionInterval(NamedTuple):
    """A friction coefficient, corrected for the bias by noise, and its 95 % interval, in the model's unit of 1/time."""

    value: float
    low: float
    high: float


def friction_interval(
    model: Any,
    objective: Objective,
    samples_of: Callable[[np.ndarray], Samples],
    times: np.ndarray,
    states: np.ndarray,
    *,
    num_refits: int = 20,
    steps: int = 300,
    learning_rate: float = 1e-3,
    block_length: int = 10,
    seed: int = 0,
    parameters: np.ndarray | None = None,
) -> FrictionInterval:
    """Estimates a model's friction and its interval, from refits to its own motion with the noise of the readings.

    The noise is the residuals of motions that are fitted through 20 readings each. One motion of the trained model,
    whose friction is known, gets blocks of neighbouring residuals as noise, drawn with replacement. The model is
    trained further with these readings, and then gets its weights back. The bias is the mean of the refitted
    coefficients minus the known coefficient, and the uncertainty is their standard deviation. A second round does the
    same at the trained coefficient minus the bias. The value is then the trained coefficient minus the bias, and the
    interval is 2.1 standard deviations to both sides.

    The noise is drawn for readings, not for samples, so that two transitions share the noise of the reading between
    them, as in the record. The interval covers the size of the noise, its dependence within a block, and the bias of an
    objective that evaluates the model at noisy states. The interval does not cover a law of friction that differs from
    the model's law, errors that all readings share (for example, of a scale or a clock), and the effect of a training's
    seed.

    Args:
      model: A trained model, with a `LinearFriction` of one coefficient as `dissipation`.
      objective: The objective by which the model was trained.
      samples_of: A function from readings `[T, 2n]` at these times to the objective's columns.
      times: `[T]`, increasing.
      states: The readings `[T, 2n]` of one motion, in the order of time.
      num_refits: The number of refits in each of the two rounds. 20 refits determine the deviation to 16 %.
      steps: The number of Adam's steps in each refit.
      learning_rate: Adam's learning rate.
      block_length: The number of readings in a block.
      seed: The seed of the draws.
      parameters: Theta `[k]` of the motion, if the model has parameters. The columns of `samples_of` then have it, too.

    Raises:
      InputError: If the model has no coefficient of friction, or has inputs; if times and states are not as above; or
        if parameters are missing, do not fit, or are given to a model that takes none.
    """
    check_free(model, "friction_interval", mend="give readings of a free motion and a model without inputs")
    check_parameters(model, parameters)
    if declared(declared(model, "dissipation"), "coefficient") is None:
        raise InputError(f"{model.name}: expected a model with linear friction; train hnn_friction instead")
    if states.ndim != 2 or times.shape != states.shape[:1] or not np.all(np.diff(times) > 0):
        raise InputError(
            "times and states: expected increasing times [T] and a reading [2n] at each; received shapes "
            f"{times.shape} and {states.shape}"
        )
    trained = _coefficient(model)
    smooth = smoothed(model, times, states, parameters)
    noise = states - smooth
    # Two numbers per window are fitted, so the residuals are smaller than the noise.
    noise *= np.sqrt(_WINDOW / (_WINDOW - 1))
    rng = np.random.default_rng(seed)
    loop = TrainingLoop(model, objective, keras.optimizers.Adam(learning_rate), samples_of(states))
    as_given, value = loop.state(), trained
    for _ in range(_ROUNDS):
        known = max(value, _LEAST * trained)
        model.dissipation.set_weights([np.sqrt([known])])
        motion = evaluation_rollout(model, smooth[:1], times, parameters=parameters)[0]
        beginning, found = loop.state(), []
        for _ in range(num_refits):
            loop.restore(beginning)
            loop.replace_samples(samples_of(motion + _blocks(rng, noise, block_length)))
            loop.run(steps)
            found.append(_coefficient(model))
        value = trained - (float(np.mean(found)) - known)
        loop.restore(as_given)
    half_width = _DEVIATIONS * float(np.std(found, ddof=1))
    return FrictionInterval(value, value - half_width, value + half_width)


def smoothed(model: Any, times: np.ndarray, states: np.ndarray, parameters: np.ndarray | None = None) -> np.ndarray:
    """Returns the model's motions `[T, 2n]` that are nearest to the readings, one motion per window of 20 readings.

    The function improves each window's initial state by Gauss-Newton steps, with derivatives by central differences.
    """
    num_windows = max(1, len(times) // _WINDOW)
    windows = np.array_split(np.arange(len(times)), num_windows)
    length, width = max(len(w) for w in windows), states.shape[-1]
    # A shorter window repeats its last time, which counts only once.
    indices = np.stack([np.minimum(w[0] + np.arange(length), w[-1]) for w in windows])
    counted = np.stack([np.arange(length) < len(w) for w in windows])[..., None]

    def paths(start: np.ndarray) -> np.ndarray:
        return evaluation_rollout(model, start, times[indices], parameters=parameters)

    start = states[indices[:, 0]]
    for _ in range(_CORRECTIONS):
        residual = np.where(counted, states[indices] - paths(start), 0.0).reshape(num_windows, -1)
        shifts = 1e-3 * np.eye(width)
        columns = [(paths(start + shift) - paths(start - shift)) / 2e-3 for shift in shifts]
        jacobian = np.where(counted[..., None], np.stack(columns, -1), 0.0).reshape(num_windows, -1, width)
        start = start + np.stack(
            [np.linalg.lstsq(a, b, rcond=None)[0] for a, b in zip(jacobian, residual, strict=True)]
        )
    return paths(start)[counted[..., 0]]


def _coefficient(model: Any) -> float:
    return float(np.mean(model.dissipation.coefficient))


def _blocks(rng: np.random.Generator, noise: np.ndarray, length: int) -> np.ndarray:
    """Returns as many rows as `noise` has, in blocks of neighbours. The first row follows the last row."""
    starts = rng.integers(0, len(noise), -(-len(noise) // length))
    rows = (starts[:, None] + np.arange(length)).ravel()[: len(noise)]
    return noise[rows % len(noise)]
