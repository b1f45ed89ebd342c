"""Forces and accelerations of whole networks, with friction."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from hnn_tf import HamiltonianNetwork, MLPHamiltonian, models


def _network(dissipation=None):
    keras.utils.set_random_seed(0)
    mass_matrix = models.MLPMassMatrix(hidden_units=8, dtype="float64")
    network = HamiltonianNetwork(
        models.MechanicalHamiltonian(mass_matrix, models.MLPEnergy(hidden_units=8, dtype="float64")), dissipation
    )
    network.build([None, 4])
    return network


DISSIPATIONS = {
    "none": lambda: None,
    "linear": lambda: models.LinearFriction(dtype="float64"),
    "of the state": lambda: models.MLPDissipation(hidden_units=8, dtype="float64"),
}


@pytest.fixture(params=sorted(DISSIPATIONS))
def network(request):
    return _network(DISSIPATIONS[request.param]())


def test_forces_and_accelerations_belong_together(network, rng):
    q, v, a = rng.normal(size=[3, 6, 2])
    force = network.inverse_dynamics(q, v, a)
    # 1e-12: some roundings of numbers of order 1, by a condition below 100.
    np.testing.assert_allclose(network.forward_dynamics(q, v, force), a, atol=1e-12)


def test_the_equation_of_motion_is_the_networks(network, rng):
    """Without external forces, (q, p) moves as the network says."""
    q, v = rng.normal(size=[2, 6, 2])
    state = tf.concat([q, network.hamiltonian.momentum(q, v)], 1)
    acceleration = network.forward_dynamics(q, v, np.zeros([6, 2])).numpy()
    h = 1e-5
    ahead, behind = (network.hamiltonian.momentum(q + s * v, v + s * acceleration).numpy() for s in (h, -h))
    # Central differences: h^2 times the third derivative, and round-off 1e-16 / h, both below 1e-9.
    np.testing.assert_allclose(network(state)[:, 2:], (ahead - behind) / (2 * h), atol=1e-8)


def test_linear_friction_is_a_force_of_the_velocity(rng):
    network, (q, v) = _network(models.LinearFriction(dtype="float64")), rng.normal(size=[2, 6, 2])
    network.dissipation.assign_coefficient(0.7)
    np.testing.assert_allclose(network.friction_force(q, v), 0.7 * v, atol=1e-14)
    np.testing.assert_array_equal(_network().friction_force(q, v), 0)


def test_each_part_declares_what_it_can():
    hnn = HamiltonianNetwork(MLPHamiltonian(hidden_units=8))
    assert not hnn.computes_forces()
    assert not hnn.computes_accelerations()
    assert not models.BaselineNetwork().computes_forces()
    assert _network().computes_forces()
    assert _network().computes_accelerations()
    assert not _network().forces_have_closed_form()
