"""The ideal pendulum from noisy data, with and without the knowledge of its angle and of its constant mass."""

import numpy as np
import tensorflow as tf

from benchmarks.structures.measurement import Line, Measurement
from benchmarks.trainings.task_training import TaskTraining
from hnn_tf import evaluation, systems

MODELS = ("hnn", "constant_mass")
ABOVE_SEPARATRIX = (6.0, 9.0)
"""The energies of the measured states above the separatrix, where the pendulum turns over. The separatrix has 6."""

LARGEST_MOMENTUM = 3.0
NUM_STATES = 20_000


def _measure(seed: int) -> dict[str, float]:
    found: dict[str, float] = {}
    for model in MODELS:
        training = TaskTraining("pendulum", model=model, seed=seed, protocol="clean")
        fitted = training.fit(training.new_model())
        scores = training.data.evaluate(fitted, protocol="clean")
        found |= {f"{model}_{name}": scores[name] for name in ("clean_test_loss", "coordinate_mse")}
        found[f"{model}_above"] = evaluation.derivative_mse(fitted.model, _turning_states(training.data.system, seed))
    return found


def _turning_states(system: systems.Pendulum, seed: int) -> dict[str, np.ndarray]:
    """Returns states with energies above the separatrix, and their true time derivatives."""
    largest = np.array([np.pi, LARGEST_MOMENTUM])
    states = np.random.default_rng([seed, 6]).uniform(-largest, largest, [NUM_STATES, 2])
    energy = system.hamiltonian(tf.constant(states)).numpy()
    states = states[(energy > ABOVE_SEPARATRIX[0]) & (energy < ABOVE_SEPARATRIX[1])]
    return {"state": states, "time_derivative": system(tf.constant(states)).numpy()}


PENDULUM = Measurement(
    "pendulum, `constant_mass`",
    _measure,
    tuple(
        Line(title, f"constant_mass_{name}", f"hnn_{name}")
        for title, name in (
            ("`clean_test_loss`", "clean_test_loss"),
            ("`coordinate_mse`", "coordinate_mse"),
            ("error of the motion above the separatrix", "above"),
        )
    ),
)
