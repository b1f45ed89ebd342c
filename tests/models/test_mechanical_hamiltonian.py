"""The mechanical Hamiltonian: its equation of motion with velocities, and the positivity of its mass matrix."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from hnn_tf import HamiltonianNetwork, models


@pytest.fixture(params=["learned", "diagonal", "constant", "features"])
def hamiltonian(request):
    keras.utils.set_random_seed(1)
    mass_matrix = {
        "learned": lambda: models.MLPMassMatrix(hidden_units=8, dtype="float64"),
        "diagonal": lambda: models.MLPMassMatrix(hidden_units=8, diagonal=True, dtype="float64"),
        "constant": lambda: models.ConstantMassMatrix([[2.0, 0.5], [0.5, 1.0]], dtype="float64"),
        "features": lambda: models.RandomFeatureMassMatrix(num_features=8, angles=[0], dtype="float64"),
    }[request.param]()
    layer = models.MechanicalHamiltonian(mass_matrix, models.MLPEnergy(hidden_units=8, dtype="float64"))
    layer.build([None, 4])
    return layer


def test_a_known_mass_matrix_is_the_given_one(rng):
    values = [[2.0, 0.5, 0.1], [0.5, 1.0, 0.0], [0.1, 0.0, 3.0]]
    layer = models.ConstantMassMatrix(values, dtype="float64")
    np.testing.assert_allclose(layer(rng.normal(size=[4, 3])), np.broadcast_to(values, [4, 3, 3]), atol=1e-14)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_a_new_mass_matrix_is_near_the_identity(n, rng):
    layer = models.MLPMassMatrix(dtype="float64")
    eigenvalues = np.linalg.eigvalsh(layer(rng.uniform(-2, 2, [100, n])))
    assert eigenvalues.min() > 0.5
    assert eigenvalues.max() < 2.0


def test_energy_is_that_of_the_mass_matrix(hamiltonian, rng):
    q, p = rng.normal(size=[2, 6, 2])
    matrix = hamiltonian.mass_matrix(q).numpy()
    expected = 0.5 * np.einsum("bi,bi->b", p, np.linalg.solve(matrix, p[..., np.newaxis])[..., 0])
    expected += hamiltonian.potential(q).numpy()
    np.testing.assert_allclose(hamiltonian(np.concatenate([q, p], 1)), expected, rtol=1e-12)


def test_the_mass_matrix_is_positive_definite_whatever_the_weights(rng):
    layer = models.MLPMassMatrix(hidden_units=8, dtype="float64")
    position = rng.normal(size=[50, 3])
    layer.build(position.shape)
    for weight in layer.trainable_weights:
        weight.assign(rng.normal(size=weight.shape) / 2)
    matrix = layer(position).numpy()
    np.testing.assert_array_equal(matrix, matrix.swapaxes(1, 2))
    assert np.linalg.eigvalsh(matrix / np.abs(matrix).max((1, 2), keepdims=True)).min() > 0


def test_velocities_and_momenta_belong_together(hamiltonian, rng):
    q, v = rng.normal(size=[2, 6, 2])
    p = hamiltonian.momentum(q, v)
    np.testing.assert_allclose(hamiltonian.velocity(q, p), v, atol=1e-12)
    motion = HamiltonianNetwork(hamiltonian)(tf.concat([q, p], 1))
    np.testing.assert_allclose(motion[:, :2], v, atol=1e-12)


def test_the_equation_of_motion_is_hamiltons(hamiltonian, rng):
    q, v, force = rng.normal(size=[3, 6, 2])
    p = hamiltonian.momentum(q, v)
    dq, dp = np.split(HamiltonianNetwork(hamiltonian)(tf.concat([q, p], 1)).numpy(), 2, 1)
    dp = dp + force
    h = 1e-5
    ahead, behind = (hamiltonian.velocity(q + s * dq, p + s * dp).numpy() for s in (h, -h))
    acceleration = hamiltonian.forward_dynamics(q, v, force)
    # Central differences: h^2 times the third derivative, and round-off 1e-16 / h, both below 1e-9.
    np.testing.assert_allclose(acceleration, (ahead - behind) / (2 * h), atol=1e-8)
    np.testing.assert_allclose(hamiltonian.inverse_dynamics(q, v, acceleration), force, atol=1e-12)


def test_the_parts_of_the_force_do_the_energys_work(hamiltonian, rng):
    """v . (M a + C) is the change of the kinetic energy, v . dV/dq that of the potential energy."""
    q, v, a = rng.normal(size=[3, 6, 2])
    h = 1e-5

    def kinetic(s):
        position, velocity = q + s * v, v + s * a
        return 0.5 * np.sum(velocity * hamiltonian.momentum(position, velocity).numpy(), 1)

    work = np.sum(v * (hamiltonian.inertial_force(q, a) + hamiltonian.coriolis_force(q, v)).numpy(), 1)
    np.testing.assert_allclose(work, (kinetic(h) - kinetic(-h)) / (2 * h), atol=1e-8)
    potential = (hamiltonian.potential(q + h * v) - hamiltonian.potential(q - h * v)) / (2 * h)
    np.testing.assert_allclose(np.sum(v * hamiltonian.gravity_force(q).numpy(), 1), potential, atol=1e-8)


@pytest.mark.slow
def test_the_equation_of_motion_compiles(hamiltonian, rng):
    q, v, force = (tf.constant(part) for part in rng.normal(size=[3, 6, 2]))
    compiled = tf.function(hamiltonian.forward_dynamics, jit_compile=True, autograph=False)
    np.testing.assert_allclose(compiled(q, v, force), hamiltonian.forward_dynamics(q, v, force), atol=1e-12)


def test_vectors_of_another_width_are_refused(hamiltonian):
    with pytest.raises(ValueError, match="expected positions, velocities, accelerations or forces of width 2"):
        hamiltonian.velocity(np.zeros([5, 2]), np.zeros([5, 1]))
    with pytest.raises(ValueError, match="expected velocities, momenta or forces of the positions' width 2"):
        hamiltonian.mass_matrix.solve(np.zeros([5, 2]), np.zeros([5, 3]))


def test_one_state_is_a_batch_of_one(hamiltonian, rng):
    q, v, a = rng.normal(size=[3, 6, 2])
    whole = hamiltonian.inverse_dynamics(q, v, a)
    np.testing.assert_allclose(hamiltonian.inverse_dynamics(q[0], v[0], a[0]), whole[0], atol=1e-13)
