"""The closed form in Cartesian coordinates with rods, measured by the published protocol."""

import itertools
import time

import numpy as np

from benchmarks.constrained import protocol
from hnn_tf import rollout
from hnn_tf.closed_form import fit_constrained
from hnn_tf.constraints import violation
from hnn_tf.models import (
    MechanicalHamiltonian,
    MechanicalVelocityNetwork,
    PointMassMatrix,
    RandomFeaturePointEnergy,
)
from hnn_tf.systems.constrained_system import ConstrainedSystem

_UNITS = 20
_STEPS_A_READING = 6


def new_model(system: ConstrainedSystem) -> MechanicalVelocityNetwork:
    """Returns a model that knows the rods of a system, and neither its masses nor its potential.

    Every two points without a rod between them may act on each other.
    """
    rods = set(map(frozenset, system.constraints.pairs))
    pairs = [pair for pair in itertools.combinations(range(len(system.masses)), 2) if frozenset(pair) not in rods]
    potential = RandomFeaturePointEnergy(dimension=system.dimension, pairs=pairs, num_features=_UNITS, dtype="float64")
    mass_matrix = PointMassMatrix(system.dimension, dtype="float64")
    return MechanicalVelocityNetwork(
        MechanicalHamiltonian(mass_matrix, potential), constraints=system.rods("float64"), name="constrained"
    )


def measure(name: str, count: int, noise_std: float, seed: int) -> dict[str, float]:
    """Fits one model, and returns its error, its largest error of a mass, and the duration of the fit."""
    case = protocol.SYSTEMS[name]
    samples, model = protocol.chunks(case, count, seed, noise_std=noise_std), new_model(case.system)
    began = time.monotonic()
    fit_constrained(model, samples, seed=seed)
    seconds = time.monotonic() - began
    true = protocol.test_trajectories(case, seed)
    predicted = predictions(model, true)
    masses = np.asarray(model.mechanics.mass_matrix.masses)
    ratios = np.asarray(case.system.masses) / case.system.masses[0]
    position, _ = violation(case.system.constraints, predicted)
    return {
        "error": protocol.error(predicted, true),
        "mass_error": float(np.max(np.abs(masses / masses[0] / ratios - 1.0))),
        "violation": float(np.max(position)),
        "seconds": seconds,
    }


def predictions(model: MechanicalVelocityNetwork, true: np.ndarray) -> np.ndarray:
    """Returns the rollouts `[N, T, 2n]` of a model from the first states of trajectories `[N, T, 2n]`.

    Six steps of order 8 between two readings err by less than 1e-9 on these systems.
    """
    path = rollout(
        model,
        true[:, 0],
        step_size=protocol.STEP / _STEPS_A_READING,
        num_steps=_STEPS_A_READING * (true.shape[1] - 1),
        integrator="rk8",
    )
    return path.numpy()[:, ::_STEPS_A_READING]
