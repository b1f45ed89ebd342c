"""Dissipation: R of each kind, and what it does to the energy and to a motion with a known answer."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from hnn_tf import HamiltonianNetwork, InputError, MLPHamiltonian, integrators, models, objectives, rollout
from hnn_tf.training.training_loop import TrainingLoop

LINEAR, OF_STATE = models.LinearFriction, models.MLPDissipation
BUILDERS = {
    "shared": lambda dtype="float64": LINEAR(dtype=dtype),
    "each": lambda dtype="float64": LINEAR(shared=False, dtype=dtype),
    "mlp": lambda dtype="float64": OF_STATE(hidden_units=[8], dtype=dtype),
}


def _model(dissipation, dof=2, hamiltonian=None):
    hamiltonian = hamiltonian or MLPHamiltonian(hidden_units=[16, 16], dtype="float64")
    model = HamiltonianNetwork(hamiltonian, dissipation)
    model.build([None, 2 * dof])
    return model


def _randomize(layer, rng):
    for v in layer.variables:
        v.assign(rng.normal(size=v.shape))


class _Oscillator(keras.layers.Layer):
    """H = (p^2 + k q^2) / 2, k learned."""

    def build(self, _):
        self.k = self.add_weight(shape=(), initializer="ones")

    def call(self, state):
        return (state[..., 1] ** 2 + self.k * state[..., 0] ** 2) / 2


class _NoMatrix(keras.layers.Layer):
    def call(self, state):
        return state


@pytest.fixture(params=sorted(BUILDERS))
def dissipation(request):
    return BUILDERS[request.param]()


@pytest.mark.parametrize("shape", [(2,), (5, 4), (3, 5, 6)])
def test_the_matrix_is_symmetric_and_positive_semidefinite(dissipation, rng, shape):
    state = tf.constant(rng.normal(size=shape))
    dissipation.build(shape)
    _randomize(dissipation, rng)
    matrix = dissipation(state).numpy()
    assert matrix.shape == (*shape, shape[-1]) == dissipation.compute_output_shape(shape)
    np.testing.assert_array_equal(matrix, np.swapaxes(matrix, -1, -2))
    # 1e-14: round-off of numbers up to some tens.
    assert np.linalg.eigvalsh(matrix).min() > -1e-14
    assert np.abs(matrix).max() > 0


def test_only_momenta_are_damped(dissipation, rng):
    model, state = _model(dissipation), tf.constant(rng.normal(size=[5, 4]))
    _randomize(dissipation, rng)
    difference = model(state) - HamiltonianNetwork(model.hamiltonian)(state)
    assert np.abs(difference[:, :2]).max() == 0
    assert np.abs(difference[:, 2:]).max() > 1e-4


def test_power_is_what_the_matrix_takes_and_never_positive(dissipation, rng):
    model, state = _model(dissipation), tf.constant(rng.normal(size=[100, 4]))
    _randomize(model.hamiltonian, rng)
    _randomize(dissipation, rng)
    with tf.GradientTape() as tape:
        tape.watch(state)
        energy = model.hamiltonian(state)
    gradient = tape.gradient(energy, state).numpy()
    power = np.sum(gradient * model(state), -1)
    taken = np.einsum("bi,bij,bj->b", gradient, dissipation(state), gradient)
    # Relative to grad H . grad H times the largest rate, which the terms that cancel are as large as.
    scale = np.sum(gradient**2, -1) * (1 + np.abs(dissipation(state)).max())
    np.testing.assert_array_less(np.abs(power + taken) / scale, 1e-14)
    assert (power / scale).max() < 1e-14
    assert power.min() < -0.1


@pytest.mark.slow
def test_energy_falls_along_its_trajectories(dissipation, rng):
    model = _model(dissipation)
    _randomize(dissipation, rng)
    path = rollout(model, tf.constant(rng.normal(size=[3, 4])), step_size=0.05, num_steps=100)
    assert np.diff(model.hamiltonian(path), axis=1).max() < 0


def test_no_friction_is_the_plain_network_bit_by_bit(rng):
    model, state = _model(LINEAR(dtype="float64")), tf.constant(rng.normal(size=[50, 4]))
    model.dissipation.variables[0].assign([0.0])
    plain = HamiltonianNetwork(model.hamiltonian)
    assert not model.conservative
    assert plain.conservative
    np.testing.assert_array_equal(model(state), plain(state))


def test_one_coefficient_for_each_degree_of_freedom():
    friction = LINEAR(shared=False, dtype="float64")
    friction.build([None, 4])
    friction.variables[0].assign([0.5, 2.0])
    np.testing.assert_array_equal(friction.coefficient, [0.25, 4.0])
    np.testing.assert_array_equal(friction(tf.zeros([1, 4], tf.float64))[0], np.diag([0, 0, 0.25, 4.0]))


@pytest.mark.slow
def test_a_damped_oscillator_is_recovered(rng):
    gamma, k, dt = 0.3, 2.0, 0.1
    # The exact map: d^2q/dt^2 = -k q - gamma dq/dt, with omega^2 = k - gamma^2 / 4.
    omega = np.sqrt(k - gamma**2 / 4)
    c, s, decay = np.cos(omega * dt), np.sin(omega * dt) / omega, np.exp(-gamma * dt / 2)
    exact = decay * np.array([[c + gamma / 2 * s, s], [-k * s, c - gamma / 2 * s]])
    state = rng.normal(size=[32, 2])
    samples = {"state": state, "next_state": state @ exact.T, "time_step": np.full([32, 1], dt)}
    model = _model(LINEAR(dtype="float64"), dof=1, hamiltonian=_Oscillator(dtype="float64"))
    loop = TrainingLoop(model, objectives.OneStep(), keras.optimizers.Adam(0.02), samples)
    loop.run(500)
    # 1e-4: RK4's error is (1.4 dt)^5 / 120 a step, 5e-6 a time unit; the rest is Adam's.
    assert float(model.dissipation.coefficient[0]) == pytest.approx(gamma, abs=1e-4)
    assert float(model.hamiltonian.k) == pytest.approx(k, abs=1e-4)


@pytest.mark.parametrize("name", [name for name, i in integrators.INTEGRATORS.items() if i.symplectic])
def test_symplectic_integrators_refuse_it(name):
    with pytest.raises(InputError, match=r"dissipative or driven \(conservative = False\).*use 'rk4'"):
        integrators.get(name).check(_model(LINEAR(dtype="float64")))


@pytest.mark.parametrize("name", [name for name, i in integrators.INTEGRATORS.items() if not i.symplectic])
def test_the_others_take_it(name):
    integrators.get(name).check(_model(LINEAR(dtype="float64")))


@pytest.mark.parametrize("dissipation", [LINEAR, 0.1])
def test_what_is_no_layer_is_refused(dissipation):
    with pytest.raises(TypeError, match="dissipation: expected a Keras layer"):
        HamiltonianNetwork(MLPHamiltonian(), dissipation)


def test_another_precision_is_refused():
    with pytest.raises(ValueError, match="expected the Hamiltonian's precision float32; received float64"):
        HamiltonianNetwork(MLPHamiltonian(), LINEAR(dtype="float64"))


def test_what_is_no_matrix_is_refused():
    with pytest.raises(ValueError, match=r"expected R of shape \[..., 2n, 2n\]"):
        _model(_NoMatrix(dtype="float64"))(tf.zeros([4, 4], tf.float64))


def test_a_file_without_a_dissipation_loads_as_before():
    config = HamiltonianNetwork(MLPHamiltonian(hidden_units=[4])).get_config()
    del config["dissipation"]
    assert HamiltonianNetwork.from_config(config).conservative


def test_a_frozen_model_freezes_its_dissipation():
    model = HamiltonianNetwork(MLPHamiltonian(hidden_units=[4]), LINEAR(), trainable=False)
    model.build([None, 2])
    assert not model.dissipation.trainable_variables
