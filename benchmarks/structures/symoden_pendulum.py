"""The controlled pendulum of SymODEN, with and without the knowledge of its angle and of its constant mass."""

import dataclasses

import numpy as np

import hnn_tf
from benchmarks.structures.measurement import Line, Measurement
from hnn_tf import data, evaluation, systems

SYSTEM = systems.DrivenPendulum(mass=1 / 3, gravity=15.0)
"""H = 5 (1 - cos q) + 1.5 p^2, and dp/dt = ... + u."""

STEP = 0.05
NUM_TIMES = 45
NUM_STARTS = 25
TORQUES = (0.0, -1.0, 1.0, -2.0, 2.0)
NUM_TEST = 128
NUM_TEST_STEPS = 40
TRAINING = hnn_tf.TrainingOptions(steps=3000, batch_size=500, learning_rate=3e-3, learning_rate_schedule="cosine")
PUBLISHED = {"hnn": 9.46, "constant_mass": 4.31}
"""The prediction errors of the unstructured and of the structured model (arXiv:1909.12077, task 1)."""


def _measure(seed: int) -> dict[str, float]:
    rng = np.random.default_rng(seed)
    times, starts = STEP * np.arange(NUM_TIMES), _starts(rng, NUM_STARTS)
    every = np.repeat(starts, len(TORQUES), 0)
    torques = np.tile(TORQUES, NUM_STARTS)[:, np.newaxis, np.newaxis] * np.ones([1, NUM_TIMES, 1])
    recordings = data.Recordings.from_trajectories(
        data.generate_trajectories(SYSTEM, every, times, inputs=torques), angles=[0]
    )
    test, test_times = _starts(rng, NUM_TEST), STEP * np.arange(NUM_TEST_STEPS + 1)
    rest = np.zeros([len(test_times), 1])
    true = evaluation.evaluation_rollout(SYSTEM, test, test_times, inputs=rest)
    found: dict[str, float] = {}
    for name in PUBLISHED:
        fitted = hnn_tf.fit(
            recordings,
            model=hnn_tf.ModelOptions(name),
            objective="one_step",
            training=dataclasses.replace(TRAINING, seed=seed),
            progress=False,
        )
        predicted = evaluation.evaluation_rollout(fitted.model, test, test_times, inputs=rest)
        found[f"{name}_error"] = float(np.mean(np.sum((predicted - true) ** 2, (1, 2))))
        found[f"{name}_gain_error"] = abs(fitted.metrics["input_gain"] - 1.0)
    return found


def _starts(rng: np.random.Generator, count: int) -> np.ndarray:
    """Returns states `[count, 2]` with all angles and with velocities of at most 1 rad/s, as in the published task."""
    inertia = SYSTEM.mass * SYSTEM.length**2
    return rng.uniform(-1.0, 1.0, [count, 2]) * [np.pi, inertia]


SYMODEN_PENDULUM = Measurement(
    "pendulum with constant torques, `constant_mass`",
    _measure,
    (
        Line("prediction error over 40 steps", "constant_mass_error", "hnn_error", PUBLISHED["constant_mass"]),
        Line("relative error of the gain of the torque", "constant_mass_gain_error", "hnn_gain_error"),
    ),
)
