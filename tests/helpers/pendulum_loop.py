"""A small network of the pendulum in a training loop, for each way of fitting it."""

import keras
import numpy as np

import hnn_tf
from hnn_tf.objectives import DerivativeMatching, OneStep, TrajectoryMatching, WeakForm

OBJECTIVES = {
    "derivative": (DerivativeMatching(), "observed_samples"),
    "one_step": (OneStep(substeps=1), "transition_samples"),
    "trajectory": (TrajectoryMatching(substeps=1), "trajectory_samples"),
    "weak": (WeakForm(window=4), "trajectory_samples"),
}


def pendulum_samples(name, *, seed=0, count=4, readings=6):
    """Columns of the objective of that name, of some trajectories with some readings each."""
    rng = np.random.default_rng(seed)
    starts, times = hnn_tf.data.sample_on_radius(rng, count, radius=(1.3, 2.3)), np.linspace(0, 1, readings)
    system = hnn_tf.systems.Pendulum()
    trajectories = hnn_tf.data.generate_trajectories(system, starts, times, noise_std=0.1, rng=rng)
    return getattr(trajectories, OBJECTIVES[name][1])()


def pendulum_loop(name, *, optimizer=None, hidden_units=6, samples=None, **options):
    """The same loop each time."""
    keras.utils.set_random_seed(0)
    model = hnn_tf.HamiltonianNetwork(hnn_tf.MLPHamiltonian(hidden_units=hidden_units))
    model.build([None, 2])
    optimizer = optimizer or keras.optimizers.Adam(1e-2)
    samples = samples or pendulum_samples(name)
    return hnn_tf.TrainingLoop(model, OBJECTIVES[name][0], optimizer, samples, **options)
