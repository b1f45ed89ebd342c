"""Mechanical Hamiltonians with parameters: p^T M(q; theta)^-1 p / 2 + V(q; theta)."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from bead_family import BeadMass, Height

from hnn_tf import HamiltonianNetwork, InputError, LinearFriction, LinearInput, MechanicalVelocityNetwork, models
from hnn_tf.models.mechanical_energy import MechanicalEnergy

RANGES = [[0.5, 1.5], [3.0, 4.0]]
SMALL = {"hidden_units": [6], "num_parameters": 2, "parameter_ranges": RANGES, "dtype": "float64"}


def _learned():
    keras.utils.set_random_seed(2)
    mass_matrix = models.MLPMassMatrix(angles=[0], **SMALL)
    layer = models.MechanicalHamiltonian(mass_matrix, models.PeriodicCoordinates(models.MLPEnergy(**SMALL), [0]))
    layer.build([None, 4])
    for weight in mass_matrix.trainable_weights:  # a new M is near the identity, whatever the parameters
        weight.assign(weight + 0.3 * np.random.default_rng(3).normal(size=weight.shape))
    return layer


@pytest.fixture
def bead():
    return models.MechanicalHamiltonian(BeadMass(dtype="float64"), Height(dtype="float64"))


@pytest.fixture(scope="module")
def hamiltonian():
    return _learned()


@pytest.fixture
def theta(rng):
    return tf.constant(rng.uniform(*np.transpose(RANGES), size=[5, 2]))


def test_a_bead_on_a_parabola_moves_as_lagrange_says(bead, rng):
    q, v, a = rng.normal(size=[3, 5, 1])
    theta = rng.uniform(*np.transpose(RANGES), size=[5, 2])
    m, g = theta[:, :1], theta[:, 1:]
    force = m * (1.0 + q**2) * a + m * q * v**2 + m * g * q
    # 1e-13: some ten roundings of numbers below 100.
    np.testing.assert_allclose(bead.inverse_dynamics(q, v, a, theta), force, rtol=0, atol=1e-13)
    np.testing.assert_allclose(bead.forward_dynamics(q, v, force, theta), a, rtol=0, atol=1e-13)
    np.testing.assert_allclose(bead.coriolis_force(q, v, theta), m * q * v**2, rtol=0, atol=1e-13)
    p = bead.momentum(q, v, theta)
    motion = HamiltonianNetwork(bead)(tf.concat([q, p], 1), parameters=theta)
    np.testing.assert_allclose(motion, np.concatenate([v, m * q * v**2 - m * g * q], 1), rtol=0, atol=1e-13)


def test_the_gradient_is_the_energys(hamiltonian, theta, rng):
    state = tf.constant(rng.normal(size=[5, 4]))
    with tf.GradientTape() as tape:
        tape.watch(state)
        energy = hamiltonian(state, parameters=theta)
    found = hamiltonian.gradient(state, theta)
    # 1e-12: some hundred roundings of numbers of order 1, by a condition of M below 100.
    np.testing.assert_allclose(found, tape.gradient(energy, state), rtol=0, atol=1e-12)
    np.testing.assert_allclose(hamiltonian.gradient(state[0], theta[0]), found[0], rtol=0, atol=1e-13)
    assert np.abs(hamiltonian.gradient(state, theta[::-1]) - found).max() > 1e-3


def test_the_equation_of_motion_is_hamiltons(hamiltonian, theta, rng):
    network = HamiltonianNetwork(hamiltonian, LinearFriction(dtype="float64"))
    network.build([None, 4])
    q, v, force = rng.normal(size=[3, 5, 2])
    p = hamiltonian.momentum(q, v, theta)
    dq, dp = np.split(network(tf.concat([q, p], 1), parameters=theta).numpy(), 2, 1)
    h = 1e-5
    ahead, behind = (hamiltonian.velocity(q + s * dq, p + s * (dp + force), theta).numpy() for s in (h, -h))
    acceleration = network.forward_dynamics(q, v, force, theta)
    # Central differences: h^2 times the third derivative, and round-off 1e-16 / h times M's condition below 100.
    np.testing.assert_allclose(acceleration, (ahead - behind) / (2 * h), rtol=0, atol=1e-7)
    np.testing.assert_allclose(network.inverse_dynamics(q, v, acceleration, theta), force, rtol=0, atol=1e-11)
    np.testing.assert_allclose(
        network.friction_force(q, v, theta), network.dissipation.coefficient * v, rtol=0, atol=1e-12
    )


def test_positions_and_velocities_move_as_positions_and_momenta(hamiltonian, theta, rng):
    friction, control = models.MLPDissipation(hidden_units=[4], dtype="float64"), LinearInput(1, dtype="float64")
    model = MechanicalVelocityNetwork(hamiltonian, friction, control)
    control.build([None, 4])
    control.assign_gains([[0.7], [0.2]])
    state, inputs = tf.constant(rng.normal(size=[5, 4])), tf.constant(rng.normal(size=[5, 1]))
    canonical = model.to_canonical(state, theta)
    np.testing.assert_allclose(model.from_canonical(canonical, theta), state, rtol=0, atol=1e-12)
    energy = model.hamiltonian(state, parameters=theta)
    np.testing.assert_allclose(energy, hamiltonian(canonical, parameters=theta), rtol=0, atol=1e-11)
    motion = model.canonical_model()(canonical, inputs=inputs, parameters=theta)
    h = 1e-5
    ahead, behind = (model.from_canonical(canonical + s * motion, theta).numpy() for s in (h, -h))
    # As in the test above.
    found = model(state, inputs=inputs, parameters=theta)
    np.testing.assert_allclose(found, (ahead - behind) / (2 * h), rtol=0, atol=1e-7)


def test_the_energy_of_velocities_has_a_written_out_gradient(hamiltonian, theta, rng):
    energy, state = MechanicalEnergy(hamiltonian), tf.constant(rng.normal(size=[5, 4]))
    with tf.GradientTape() as tape:
        tape.watch(state)
        value = energy(state, parameters=theta)
    np.testing.assert_allclose(energy.gradient(state, theta), tape.gradient(value, state), rtol=0, atol=1e-11)


@pytest.mark.parametrize("method", ["elements_pushed_forward", "elements_pulled_back"])
def test_the_derivatives_of_the_elements_are_written_out(method, hamiltonian, theta, rng):
    layer, x = hamiltonian.mass_matrix, tf.concat([rng.normal(size=[5, 2]), theta], 1)
    if method == "elements_pushed_forward":
        tangent = tf.constant(rng.normal(size=[5, 4]))
        expected = models.MassMatrix.elements_pushed_forward(layer, x, tangent)[1]
        found = layer.elements_pushed_forward(x, tangent)[1]
    else:
        upstream = tf.constant(rng.normal(size=[5, 3]))
        with tf.GradientTape() as tape:
            tape.watch(x)
            elements = layer.elements(x)
        expected, found = tape.gradient(elements, x, upstream), layer.elements_pulled_back(x, upstream)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-14)


def test_the_mass_matrix_is_positive_definite_for_all_parameters(hamiltonian, rng):
    theta = rng.normal(size=[200, 2]) * 100  # far outside the ranges
    matrix = hamiltonian.mass_matrix(rng.normal(size=[200, 2]), parameters=theta).numpy()
    np.testing.assert_array_equal(matrix, matrix.swapaxes(1, 2))
    assert np.linalg.eigvalsh(matrix / np.abs(matrix).max((1, 2), keepdims=True)).min() > 0


def test_the_perceptron_sees_scaled_parameters(theta, rng):
    position, (low, high) = rng.normal(size=[5, 2]), np.transpose(RANGES)
    scaled = models.MLPMassMatrix(**SMALL)
    plain = models.MLPMassMatrix(**(SMALL | {"parameter_ranges": None}))
    expected = scaled(position, parameters=theta)
    plain.build([None, 2])
    plain.set_weights(scaled.get_weights())
    z = (2 * theta - low - high) / (high - low)
    # Some ten roundings of numbers of order 1.
    np.testing.assert_allclose(plain(position, parameters=z), expected, rtol=0, atol=1e-14)
    assert np.abs(plain(position, parameters=theta) - expected).max() > 1e-3


def test_lists_are_parameters_of_every_method(hamiltonian):
    q, v, theta = np.ones([3, 2]), np.ones([3, 2]), [1.0, 3.5]
    expected = hamiltonian.momentum(q, v, np.tile(theta, [3, 1]))
    np.testing.assert_allclose(hamiltonian.momentum(q, v, theta), expected, rtol=0, atol=1e-14)
    np.testing.assert_allclose(hamiltonian.velocity(q, expected, theta), v, rtol=0, atol=1e-12)


CALLS = {
    "the energy": lambda h, q, theta: h(tf.concat([q, q], 1), parameters=theta),
    "its gradient": lambda h, q, theta: h.gradient(tf.concat([q, q], 1), theta),
    "velocities": lambda h, q, theta: h.velocity(q, q, theta),
    "gravity": lambda h, q, theta: h.gravity_force(q, theta),
    "a network": lambda h, q, theta: HamiltonianNetwork(h).inverse_dynamics(q, q, q, theta),
    "velocities and accelerations": lambda h, q, theta: MechanicalVelocityNetwork(h)(
        tf.concat([q, q], 1), parameters=theta
    ),
    "a mass matrix": lambda h, q, theta: h.mass_matrix(q, parameters=theta),
    "a solution": lambda h, q, theta: h.mass_matrix.solve(q, q, theta),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_parameters_that_do_not_fit_are_refused(call, hamiltonian):
    q = tf.ones([5, 2], tf.float64)
    for theta, message in (
        (None, "expected parameters of width 2; received none; give parameters=..."),
        ([1.0], r"expected parameters of width 2; received shape \(1,\)"),
        (np.ones([3, 2]), r"expected parameters \[k\] for all states"),
    ):
        with pytest.raises(InputError, match=message):
            call(hamiltonian, q, theta)
    plain = models.MechanicalHamiltonian(
        models.MLPMassMatrix(hidden_units=4, dtype="float64"), models.MLPEnergy(hidden_units=4, dtype="float64")
    )
    with pytest.raises(InputError, match="takes no parameters; leave the parameters out"):
        call(plain, q, [1.0, 3.5])


def test_parameters_may_be_of_one_part_alone(theta, rng):
    q, p = rng.normal(size=[2, 5, 2])
    known = models.ConstantMassMatrix([[2.0, 0.5], [0.5, 1.0]], dtype="float64")
    of_potential = models.MechanicalHamiltonian(known, models.MLPEnergy(**SMALL))
    assert (of_potential.num_parameters, of_potential.separable) == (2, True)
    np.testing.assert_allclose(of_potential.velocity(q, p, theta), known.solve(q, p), rtol=0, atol=1e-15)
    of_mass = models.MechanicalHamiltonian(models.MLPMassMatrix(**SMALL), models.MLPEnergy(dtype="float64"))
    assert (of_mass.num_parameters, of_mass.separable) == (2, False)
    assert of_mass(tf.concat([q, p], 1), parameters=theta).shape == (5,)


def test_a_parameter_is_no_angle():
    layer = models.MLPMassMatrix(angles=[1], **SMALL)
    with pytest.raises(InputError, match=r"angles: expected different indices from 0 to 0; received \(1,\)"):
        layer.build([None, 1])


def test_a_lagrangian_with_parameters_is_refused():
    with pytest.raises(InputError, match="expected a layer without parameters; received height with 2; take Mech"):
        models.LagrangianNetwork(Height(name="height"))
