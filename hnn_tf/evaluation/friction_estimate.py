"""A trained model's friction coefficient with its 95 % interval."""

from collections.abc import Callable
from typing import Any, NamedTuple

import keras
import numpy as np

from hnn_tf.evaluation.rollouts import evaluation_rollout
from hnn_tf.input_error import InputError
from hnn_tf.objectives import Objective
from hnn_tf.training.training_loop import TrainingLoop
from hnn_tf.typing import Samples

_WINDOW = 20
"""Readings that one motion is laid through, to tell them from their noise: two numbers for forty."""

_CORRECTIONS = 3
"""Newton's, of the windows' initial states: they begin within the noise of their best."""

_ROUNDS = 2
"""The bias is that at the true friction, of which the first round knows no more than the trained model."""

_LEAST = 0.01
"""Of the trained coefficient: at 0 its square root would stay."""

_DEVIATIONS = 2.1
"""Student's 97.5 % quantile for 20 refits; of more it is little smaller."""


class FrictionInterval(NamedTuple):
    """A friction coefficient, less what noise adds to it, and its 95 % interval; in the model's 1/time."""

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
) -> FrictionInterval:
    """Refits the model to readings of its own motion with noise like that of the true readings.

    The residuals of motions through 20 readings each are the noise. Blocks of neighbouring residuals, drawn with
    replacement, are added to one motion of the trained model, whose friction is known, and with these readings the
    model is trained on; afterwards it has its weights again. The mean of the refitted coefficients less the known one
    is the bias, and their standard deviation the uncertainty. A second round does the same at the trained coefficient
    less the bias. Then value = trained - bias, and its interval is 2.1 deviations to both sides.

    Noise is drawn for readings, not for samples, so that two transitions share that of the reading between them as
    they do in the record. Covered are the noise's size, its dependence within a block, and the bias of an objective
    that evaluates the model at noisy states. Not covered: another law of friction than the model's, errors that all
    readings share, as of a scale or a clock, and what the seed of a training changes.

    Args:
      model: Trained, with a `LinearFriction` of one coefficient as `dissipation`.
      objective: By which it was trained.
      samples_of: Readings `[T, 2n]` at these times -> the objective's columns.
      times: `[T]`, increasing.
      states: Readings `[T, 2n]`, in the order of time: of one motion.
      num_refits: In each of two rounds; 20 know the deviation to 16 %.
      steps: Of Adam, for each refit.
      learning_rate: Adam's.
      block_length: Readings in a block.
      seed: Of the draws.

    Raises:
      InputError: If the model has no coefficient of friction, or times and states aren't as above.
    """
    if not hasattr(getattr(model, "dissipation", None), "coefficient"):
        raise InputError(f"{model.name}: expected a model with linear friction; train one by --model=hnn_friction")
    if states.ndim != 2 or times.shape != states.shape[:1] or not np.all(np.diff(times) > 0):
        raise InputError(
            "times and states: expected increasing times [T] and a reading [2n] at each; received shapes "
            f"{times.shape} and {states.shape}"
        )
    trained = _coefficient(model)
    smooth = smoothed(model, times, states)
    noise = states - smooth
    # Two numbers a window are fitted: residuals are smaller than the noise.
    noise *= np.sqrt(_WINDOW / (_WINDOW - 1))
    rng = np.random.default_rng(seed)
    loop = TrainingLoop(model, objective, keras.optimizers.Adam(learning_rate), samples_of(states))
    as_given, value = loop.state(), trained
    for _ in range(_ROUNDS):
        known = max(value, _LEAST * trained)
        model.dissipation.set_weights([np.sqrt([known])])
        motion = evaluation_rollout(model, smooth[:1], times)[0]
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


def smoothed(model: Any, times: np.ndarray, states: np.ndarray) -> np.ndarray:
    """The model's motions `[T, 2n]` that are nearest to the readings, one through each 20 of them.

    Gauss-Newton on each window's initial state; its derivative by central differences.
    """
    num_windows = max(1, len(times) // _WINDOW)
    windows = np.array_split(np.arange(len(times)), num_windows)
    length, width = max(len(w) for w in windows), states.shape[-1]
    # A shorter window stays at its last time, which counts once.
    indices = np.stack([np.minimum(w[0] + np.arange(length), w[-1]) for w in windows])
    counted = np.stack([np.arange(length) < len(w) for w in windows])[..., None]
    start = states[indices[:, 0]]
    for _ in range(_CORRECTIONS):
        path = evaluation_rollout(model, start, times[indices])
        residual = np.where(counted, states[indices] - path, 0.0).reshape(num_windows, -1)
        shifts = 1e-3 * np.eye(width)
        columns = [
            (
                evaluation_rollout(model, start + d, times[indices])
                - evaluation_rollout(model, start - d, times[indices])
            )
            / 2e-3
            for d in shifts
        ]
        jacobian = np.where(counted[..., None], np.stack(columns, -1), 0.0).reshape(num_windows, -1, width)
        start = start + np.stack(
            [np.linalg.lstsq(a, b, rcond=None)[0] for a, b in zip(jacobian, residual, strict=True)]
        )
    return evaluation_rollout(model, start, times[indices])[counted[..., 0]]


def _coefficient(model: Any) -> float:
    return float(np.mean(model.dissipation.coefficient))


def _blocks(rng: np.random.Generator, noise: np.ndarray, length: int) -> np.ndarray:
    """As many rows as `noise` has, in blocks of neighbours; the last row's neighbour is the first."""
    starts = rng.integers(0, len(noise), -(-len(noise) // length))
    rows = (starts[:, None] + np.arange(length)).ravel()[: len(noise)]
    return noise[rows % len(noise)]
