"""Hamiltonian neural networks for TensorFlow and Keras 3."""

from hnn_tf import (
    activations,
    closed_form,
    data,
    derivative_estimators,
    evaluation,
    integrators,
    models,
    objectives,
    optimizers,
    phase_space,
    shadowed_command,
    systems,
)
from hnn_tf.early_stopping import EarlyStopping
from hnn_tf.energy_change import change_energy
from hnn_tf.input_error import InputError, InputWarning
from hnn_tf.models import (
    MLP,
    BaselineNetwork,
    HamiltonianNetwork,
    LatentHamiltonianNetwork,
    MLPHamiltonian,
    RandomFeatureHamiltonian,
    TimeReversibleHamiltonian,
)
from hnn_tf.rollout import NotSolvedError, rollout, rollout_at_times
from hnn_tf.substeps import IntegrationWarning
from hnn_tf.symplectic_gradient import symplectic_gradient
from hnn_tf.training_loop import TrainingLoop
from hnn_tf.version import __version__
from hnn_tf.warm_start import warm_start

__all__ = [
    "MLP",
    "BaselineNetwork",
    "EarlyStopping",
    "HamiltonianNetwork",
    "InputError",
    "InputWarning",
    "IntegrationWarning",
    "LatentHamiltonianNetwork",
    "MLPHamiltonian",
    "NotSolvedError",
    "RandomFeatureHamiltonian",
    "TimeReversibleHamiltonian",
    "TrainingLoop",
    "__version__",
    "activations",
    "change_energy",
    "closed_form",
    "data",
    "derivative_estimators",
    "evaluation",
    "integrators",
    "models",
    "objectives",
    "optimizers",
    "phase_space",
    "rollout",
    "rollout_at_times",
    "symplectic_gradient",
    "systems",
    "warm_start",
]

shadowed_command.tell()
