"""Small fits of a noisy pendulum, which several test files make."""

import numpy as np

import hnn_tf
from hnn_tf import ModelOptions, TrainingOptions, data, systems

SMALL = ModelOptions("hnn", hidden_units=(8, 8))
FEW = TrainingOptions(steps=20)
CLOSED_FORMS = [ModelOptions(name, hidden_units=(20,)) for name in ("random_features", "random_features_friction")]


def swings(count=50, noise_std=0.1):
    """Recordings of a pendulum, as the trainer's task has them."""
    rng = np.random.default_rng(0)
    starts = data.sample_on_radius(rng, count, radius=(1.3, 2.3))
    times = np.linspace(0, 3, 45)
    simulated = data.generate_trajectories(systems.Pendulum(), starts, times, noise_std=noise_std, rng=rng)
    return data.Recordings.from_trajectories(simulated, angles=[0])


def fit(recordings, **changes):
    """A fit of a few steps, to the first 25 recordings."""
    arguments = {"model": SMALL, "objective": "derivative", "training": FEW, "progress": False} | changes
    return hnn_tf.fit(recordings[:25], test=recordings[25:], **arguments)
