"""Errors of forces and accelerations, of models whose errors are put in."""

import numpy as np
import pytest

from hnn_tf import HamiltonianNetwork, data, evaluation, models


@pytest.fixture
def motion(rng):
    """Random numbers: a motion of nothing."""
    names = ("position", "velocity", "acceleration", "force", "inertial_force", "coriolis_force", "gravity_force")
    return data.ForcedMotion(**dict(zip(names, rng.normal(size=[7, 9, 2]), strict=True)))


def test_errors_are_those_of_each_part(motion):
    mass_matrix = models.MLPMassMatrix(hidden_units=8, dtype="float64")
    network = HamiltonianNetwork(
        models.MechanicalHamiltonian(mass_matrix, models.MLPEnergy(hidden_units=8, dtype="float64"))
    )
    network.build([None, 4])
    found = evaluation.computed_forces(network, motion)
    parts = [found[name] for name in ("inertial_force", "coriolis_force", "gravity_force")]
    np.testing.assert_allclose(found["force"], sum(parts), atol=1e-14)
    back = network.inverse_dynamics(motion.position, motion.velocity, found["acceleration"])
    np.testing.assert_allclose(back, motion.force, atol=1e-12)
    errors = evaluation.force_errors(network, motion)
    expected = {
        "torque_mse": found["force"] - motion.force,
        "inertial_mse": found["inertial_force"] - motion.inertial_force,
        "coriolis_mse": found["coriolis_force"] - motion.coriolis_force,
        "gravity_mse": found["gravity_force"] - motion.gravity_force,
        "acceleration_mse": found["acceleration"] - motion.acceleration,
    }
    # 1e-13: some roundings of a sum of 18 numbers.
    assert errors == {name: pytest.approx(np.sum(each**2) / 18, rel=1e-13) for name, each in expected.items()}


@pytest.mark.parametrize(
    ("kind", "metric", "target"),
    [
        (models.ForceNetwork, "torque_mse", "force"),
        (models.AccelerationNetwork, "acceleration_mse", "acceleration"),
    ],
)
def test_what_a_model_does_not_compute_has_no_error(kind, metric, target, motion):
    network = kind(hidden_units=8, dtype="float32")
    network.build([None, 6])
    (found,) = evaluation.computed_forces(network, motion).items()
    assert found[0] == target
    assert found[1].dtype == np.float64
    errors = evaluation.force_errors(network, motion)
    assert errors == {metric: pytest.approx(np.mean((found[1] - getattr(motion, target)) ** 2))}
