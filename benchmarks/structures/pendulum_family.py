"""Pendulums of 27 masses, lengths and gravities, with and without the knowledge of these parameters."""

import dataclasses
import itertools
import typing

import numpy as np

import hnn_tf
from benchmarks.structures.measurement import Line, Measurement
from hnn_tf import systems
from hnn_tf.data import Recordings, generate_recordings

BOX = np.array([[0.5, 1.5], [0.5, 1.0], [3.0, 4.0]])
"""The ranges of the mass (kg), of the length (m) and of the gravity (m/s^2)."""

NUM_UNSEEN = 50
TRAINING = hnn_tf.TrainingOptions(steps=1500, learning_rate=5e-3, learning_rate_schedule="cosine")
MODEL = hnn_tf.ModelOptions("hnn", hidden_units=(64, 64))


def _measure(seed: int) -> dict[str, float]:
    rng = np.random.default_rng(seed)
    trained = np.array(list(itertools.product(*(np.linspace(low, high, 3) for low, high in BOX))))
    data, seen = _swings(trained, 2, rng), _swings(trained, 1, rng)
    unseen = _swings(rng.uniform(BOX[:, 0], BOX[:, 1], [NUM_UNSEEN, 3]), 1, rng)
    training = dataclasses.replace(TRAINING, seed=seed)
    told, untold = (
        hnn_tf.fit(train, test=test, model=MODEL, objective="derivative", training=training, progress=False)
        for train, test in ((data, unseen), (_told_nothing(data), _told_nothing(unseen)))
    )
    return {
        "unseen": told.metrics["coordinate_mse"],
        "trained": dataclasses.replace(typing.cast(hnn_tf.FittedModel, told), test=seen).metrics["coordinate_mse"],
        "untold": untold.metrics["coordinate_mse"],
    }


def _pendulum(mass: float, length: float, gravity: float) -> systems.Pendulum:
    return systems.Pendulum(inertia=mass * length**2, gravity_torque=mass * gravity * length)


def _swings(parameters: np.ndarray, count: int, rng: np.random.Generator) -> Recordings:
    """Returns `count` motions without noise of each pendulum, from angles and velocities of at most 1.5."""
    angles, velocities = rng.uniform(-1.5, 1.5, [2, len(parameters), count])
    inertias = (parameters[:, 0] * parameters[:, 1] ** 2)[:, np.newaxis]
    return generate_recordings(
        _pendulum,
        parameters,
        np.stack([angles, velocities * inertias], -1),
        np.linspace(0, 3, 16),
        parameter_names=["mass", "length", "gravity"],
        angles=[0],
    )


def _told_nothing(data: Recordings) -> Recordings:
    without = tuple(dataclasses.replace(each, parameters=None) for each in data)
    return dataclasses.replace(data, recordings=without, parameter_names=(), parameter_units=())


PENDULUM_FAMILY = Measurement(
    "pendulums with parameters, `hnn`",
    _measure,
    (
        Line("`coordinate_mse` at 50 new parameters; for comparison, without the parameters", "unseen", "untold"),
        Line("the same; for comparison, at the 27 trained parameters", "unseen", "trained"),
    ),
)
