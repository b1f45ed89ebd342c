"""The mechanical network of positions and velocities: its motion, its energy, and its other coordinates."""

import double_pendulum_velocities as pendulum
import keras
import numpy as np
import pytest
import tensorflow as tf

from hnn_tf import HamiltonianNetwork, InputError, TrainingLoop, integrators, models, rollout
from hnn_tf.models import MechanicalVelocityNetwork
from hnn_tf.training.warm_start import begins_in_closed_form

# Keras' own, with NumPy 2, when it saves a model.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")


def _learned(dissipation=None, dtype="float64", angles=()):
    keras.utils.set_random_seed(1)
    mass_matrix = models.MLPMassMatrix(hidden_units=8, angles=angles, dtype=dtype)
    potential = models.MLPEnergy(hidden_units=8, dtype=dtype)
    model = MechanicalVelocityNetwork(models.MechanicalHamiltonian(mass_matrix, potential), dissipation)
    model.build([None, 4])
    return model


@pytest.fixture(scope="module")
def true_model():
    model = MechanicalVelocityNetwork(pendulum.true_mechanics(), dtype="float64")
    model.build([None, 4])
    return model


@pytest.fixture(scope="module")
def learned():
    return _learned()


def test_the_true_mass_matrix_and_potential_give_the_true_motion(true_model, rng):
    samples = pendulum.samples(rng, 50, dtype="float64")
    # 1e-12: the condition number of M is below 10, and the terms are of order 10.
    np.testing.assert_allclose(true_model(samples["state"]), samples["time_derivative"], atol=1e-12)


def test_the_energy_is_the_systems(true_model, rng):
    state = pendulum.samples(rng, 20, dtype="float64")["state"]
    canonical = np.concatenate([state[:, :2], pendulum.momenta(state[:, :2], state[:, 2:])], 1)
    expected = pendulum.DoublePendulum().hamiltonian(canonical)
    np.testing.assert_allclose(true_model.hamiltonian(state), expected, atol=1e-13)
    np.testing.assert_allclose(true_model.to_canonical(state), canonical, atol=1e-14)


@pytest.mark.slow
def test_the_energy_is_constant_along_a_rollout(true_model, rng):
    state = tf.constant(pendulum.samples(rng, 3, spread=1.0, dtype="float64")["state"])
    path = rollout(true_model, state, step_size=0.025, num_steps=200, integrator="rk8")
    energy = true_model.hamiltonian(path).numpy()
    # 1e-13: the roundings of 200 steps, 1e-16 of states and energies of order 1 each; the method's error is below.
    np.testing.assert_allclose(energy, np.broadcast_to(energy[:, :1], energy.shape), atol=1e-13)


def test_a_mass_matrix_without_derivatives_of_its_own_is_differentiated(true_model, rng):
    layer, (q, v) = true_model.mechanics.mass_matrix, tf.constant(rng.normal(size=[2, 6, 2]))
    by_default = models.MassMatrix.elements_pushed_forward(layer, q, v)
    for found, expected in zip(by_default, layer.elements_pushed_forward(q, v), strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-14)


@pytest.mark.parametrize("name", ["true_model", "learned"])
def test_both_coordinates_belong_together(name, rng, request):
    model, state = request.getfixturevalue(name), rng.normal(size=[6, 4])
    np.testing.assert_allclose(model.from_canonical(model.to_canonical(state)), state, atol=1e-13)
    np.testing.assert_allclose(model.to_canonical(model.from_canonical(state)), state, atol=1e-13)
    np.testing.assert_allclose(model.to_canonical(state[0]), model.to_canonical(state)[0], atol=1e-15)


def test_the_canonical_model_has_the_same_layers_motion_and_energy(rng):
    model = _learned(models.MLPDissipation(hidden_units=4, dtype="float64"))
    canonical, state = model.canonical_model(), tf.constant(rng.normal(size=[6, 4]))
    assert type(canonical) is HamiltonianNetwork
    assert {id(v) for v in canonical.variables} == {id(v) for v in model.variables}
    np.testing.assert_allclose(canonical.hamiltonian(model.to_canonical(state)), model.hamiltonian(state), atol=1e-14)
    # d(q, p)/dt is the derivative of to_canonical along the motion.
    with tf.autodiff.ForwardAccumulator(state, model(state)) as along:
        converted = model.to_canonical(state)
    np.testing.assert_allclose(canonical(converted), along.jvp(converted), atol=1e-13)


def test_symplectic_integrators_take_the_canonical_model_alone(learned):
    for name, method in integrators.INTEGRATORS.items():
        if method.symplectic:
            with pytest.raises(InputError, match=r"expected states \(q, p\).*\(canonical = False\); use 'rk4'"):
                integrators.get(name).check(learned)
        else:
            integrators.get(name).check(learned)
    integrators.get("gauss4").check(learned.canonical_model())


@pytest.mark.parametrize("kind", [models.LinearFriction, models.MLPDissipation])
def test_friction_takes_its_power_from_the_energy(kind, rng):
    dissipation = kind(dtype="float64")
    model, state = _learned(dissipation), rng.normal(size=[6, 4])
    for weight in dissipation.trainable_weights:
        weight.assign(weight + rng.normal(size=weight.shape))
    v = state[:, 2:]
    damping = dissipation.damping(model.to_canonical(state)).numpy()
    np.testing.assert_array_equal(damping, dissipation(model.to_canonical(state))[:, 2:, 2:])
    power = np.sum(model.hamiltonian.gradient(state) * model(state), 1)
    # 1e-13: a few roundings of terms of order 10.
    np.testing.assert_allclose(power, -np.einsum("bi,bij,bj->b", v, damping, v), atol=1e-13)
    assert power.max() < 0
    assert not model.conservative


def test_the_gradient_is_the_energys(learned, rng):
    state = tf.constant(rng.normal(size=[6, 4]))
    with tf.GradientTape() as tape:
        tape.watch(state)
        energy = learned.hamiltonian(state)
    np.testing.assert_allclose(learned.hamiltonian.gradient(state), tape.gradient(energy, state), atol=1e-13)


def test_an_angle_keeps_its_period(rng):
    model, state, turn = _learned(angles=[0, 1]), rng.normal(size=[4, 4]), np.array([2 * np.pi, 0.0, 0.0, 0.0])
    forces = [
        model.mechanics.coriolis_force(position, state[:, 2:]) for position in (state[:, :2], (state + turn)[:, :2])
    ]
    np.testing.assert_allclose(*forces, atol=1e-14)
    changed = model.mechanics.coriolis_force(state[:, :2] + 0.1, state[:, 2:])
    assert np.abs(forces[0] - changed).max() > 1e-4


def test_the_motion_is_made_of_plain_operations(learned):
    graph = tf.function(learned, autograph=False).get_concrete_function(tf.TensorSpec([None, 4], tf.float64)).graph
    types = {operation.type for operation in graph.get_operations()}
    assert not [name for name in types if name.endswith("Grad") or "Call" in name]


def test_the_inverse_model_gives_no_force_along_the_motion(learned, rng):
    state = rng.normal(size=[6, 4])
    force = learned.mechanics.inverse_dynamics(state[:, :2], state[:, 2:], learned(state)[:, 2:])
    np.testing.assert_allclose(force, np.zeros([6, 2]), atol=1e-13)


def test_friction_has_a_unit_only_if_the_mass_matrix_is_known():
    known = models.ConstantMassMatrix([[2.0, 0.0], [0.0, 1.0]])
    model = MechanicalVelocityNetwork(
        models.MechanicalHamiltonian(known, models.MLPEnergy(hidden_units=4)), models.LinearFriction()
    )
    model.build([None, 4])
    assert model.physical_parameters() == {"friction": pytest.approx(0.01)}
    assert _learned(models.LinearFriction(dtype="float64")).physical_parameters() == {}


def test_a_training_does_not_begin_at_a_closed_form_of_momenta(learned):
    assert begins_in_closed_form(learned.canonical_model(), width=4)
    assert not begins_in_closed_form(learned, width=4)


def test_a_saved_model_keeps_its_dissipation(tmp_path, rng):
    model, state = _learned(models.MLPDissipation(hidden_units=4, dtype="float64")), rng.normal(size=[5, 4])
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    np.testing.assert_array_equal(loaded(state), model(state))
    assert loaded.get_config() == model.get_config()


def test_a_functional_model_of_motion_and_energy_comes_back(tmp_path, rng):
    model, inputs = _learned(dtype="float32"), keras.Input([4])
    both = keras.Model(inputs, [model(inputs), model.hamiltonian(inputs)])
    both.save(tmp_path / "both.keras")
    loaded, state = keras.saving.load_model(tmp_path / "both.keras"), rng.normal(size=[3, 4])
    assert len(loaded.weights) == len(model.weights)
    for value, expected in zip(loaded(state), both(state), strict=True):
        np.testing.assert_array_equal(value, expected)


def test_a_frozen_model_freezes_its_parts():
    model = _learned(models.LinearFriction(dtype="float64"))
    frozen = MechanicalVelocityNetwork(model.mechanics, model.dissipation, trainable=False)
    frozen.build([None, 4])
    assert not any(variable.trainable for variable in frozen.variables)


class _OfPositions(keras.layers.Layer):
    """A dissipation of q as well, which has no force D."""

    def call(self, state):
        return tf.eye(4, batch_shape=tf.shape(state)[:-1], dtype=state.dtype)


class _NoMatrix(models.LinearFriction):
    def damping(self, state):
        return state[..., :1]


def test_what_is_no_friction_is_refused(learned):
    for dissipation in (_OfPositions(), 0.1, models.LinearFriction):
        with pytest.raises(TypeError, match="dissipation: .* must be a force, because dq/dt is the velocity"):
            MechanicalVelocityNetwork(learned.mechanics, dissipation)
    with pytest.raises(ValueError, match="expected the energy's precision float64; received float32"):
        MechanicalVelocityNetwork(learned.mechanics, models.LinearFriction())
    model = MechanicalVelocityNetwork(learned.mechanics, _NoMatrix(dtype="float64"))
    with pytest.raises(ValueError, match=r"dissipation: expected D of shape \[..., n, n\] for states \(3, 4\)"):
        model(np.zeros([3, 4]))


def test_a_hamiltonian_without_a_mass_matrix_is_refused():
    with pytest.raises(TypeError, match="mechanics: expected a MechanicalHamiltonian.*take LagrangianNetwork"):
        MechanicalVelocityNetwork(models.MLPHamiltonian())


def _median_error(name, seed, truth):
    samples = pendulum.samples(np.random.default_rng(seed), 1000)
    keras.utils.set_random_seed(seed)
    model = models.MODELS[name](hidden_units=(32, 32), activation="tanh", dtype="float32")
    model.build([None, 4])
    rate = keras.optimizers.schedules.CosineDecay(5e-3, 1500)
    TrainingLoop(model, "derivative", keras.optimizers.Adam(rate), samples, batch_size=200).run(1500)
    path = rollout(model, tf.cast(truth[:, 0], tf.float32), step_size=0.05, num_steps=100).numpy()
    return np.median(np.mean((path - truth) ** 2, axis=(1, 2)))


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_double_pendulum_is_predicted_better_than_by_the_baseline(true_model, seed):
    start = pendulum.samples(np.random.default_rng(9), 20, spread=1.0, dtype="float64")["state"]
    truth = rollout(true_model, tf.constant(start), step_size=0.05, num_steps=100, integrator="rk8").numpy()
    # Measured: 36, 50 and 31 times below.
    assert _median_error("mechanical_velocity", seed, truth) < _median_error("baseline", seed, truth) / 5
