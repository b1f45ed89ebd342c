"""The contract of every model; a new one without an entry in CASES fails."""

import dataclasses
import functools

import keras
import numpy as np
import package_classes
import pytest
import tensorflow as tf

from hnn_tf import (
    BaselineNetwork,
    HamiltonianNetwork,
    LatentHamiltonianNetwork,
    models,
    phase_space,
    rollout,
    symplectic_gradient,
)
from hnn_tf.training.fit_state import FitState

# Keras' own, with NumPy 2, when it saves a model.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")


@dataclasses.dataclass(frozen=True)
class Case:
    kind: type
    has_energy: bool
    conserves_it: bool
    reference_parameters: int  # of 2-200-200-1 or 2-200-200-2, without an output bias
    least_dof: int = 1
    refusal: str = "expected inputs of width 4, for which it was built"  # of a state of width 2
    canonical: bool = True  # the state is (q, p)


CASES = {
    "baseline": Case(BaselineNetwork, has_energy=False, conserves_it=False, reference_parameters=600 + 40_200 + 400),
    # The logarithm of a mass, and the potential's perceptron 2-200-200-1.
    "constant_mass": Case(
        HamiltonianNetwork, has_energy=True, conserves_it=True, reference_parameters=1 + 400 + 40_200 + 200
    ),
    "constant_mass_friction": Case(
        HamiltonianNetwork, has_energy=True, conserves_it=False, reference_parameters=1 + 400 + 40_200 + 200 + 1
    ),
    "hnn": Case(HamiltonianNetwork, has_energy=True, conserves_it=True, reference_parameters=600 + 40_200 + 200),
    # Besides those of H: the perceptron 2-32-1, and one coefficient.
    "hnn_dissipation": Case(
        HamiltonianNetwork, has_energy=True, conserves_it=False, reference_parameters=41_000 + 96 + 32
    ),
    "hnn_friction": Case(HamiltonianNetwork, has_energy=True, conserves_it=False, reference_parameters=41_000 + 1),
    # The potential's perceptron 1-200-200-1; the masses are known.
    "known_mass": Case(HamiltonianNetwork, has_energy=True, conserves_it=True, reference_parameters=40_800),
    "known_mass_dissipation": Case(
        HamiltonianNetwork, has_energy=True, conserves_it=False, reference_parameters=40_800 + 96 + 32
    ),
    "known_mass_friction": Case(HamiltonianNetwork, has_energy=True, conserves_it=False, reference_parameters=40_801),
    # 200 units, 1 input and 1 product: coefficients; kernel, bias, mean and std are fixed.
    "known_mass_random_features": Case(
        HamiltonianNetwork, has_energy=True, conserves_it=True, reference_parameters=202 + 200 + 200 + 2
    ),
    "known_mass_random_features_friction": Case(
        HamiltonianNetwork, has_energy=True, conserves_it=False, reference_parameters=202 + 200 + 200 + 2 + 1
    ),
    # The perceptron 1-200-200-401; kernel and two biases of the 200 convex terms, and the floor.
    "lagrangian": Case(
        models.LagrangianNetwork,
        has_energy=True,
        conserves_it=True,
        reference_parameters=400 + 40_200 + 80_200 + 3 * 200 + 1,
        canonical=False,
    ),
    # The potential 1-200-200-1 and, of the same shape, the logarithm of the mass, with its bias.
    "mechanical": Case(
        HamiltonianNetwork, has_energy=True, conserves_it=True, reference_parameters=2 * (400 + 40_200 + 200) + 1
    ),
    # 200 units, 1 input and 1 product, each for the mass, with its constant, and for the potential.
    "mechanical_features": Case(
        HamiltonianNetwork, has_energy=True, conserves_it=True, reference_parameters=2 * (202 + 200 + 200 + 2) + 1
    ),
    "mechanical_friction": Case(
        HamiltonianNetwork, has_energy=True, conserves_it=False, reference_parameters=2 * (400 + 40_200 + 200) + 2
    ),
    # 200 units, 1 input and 1 product: coefficients for the mass, with its constant, and for the potential; kernel,
    # bias, mean and std, and the scale of the momentum are fixed.
    "mechanical_random_features": Case(
        HamiltonianNetwork, has_energy=True, conserves_it=True, reference_parameters=2 * 202 + 1 + 200 + 200 + 2 + 1
    ),
    "mechanical_random_features_friction": Case(
        HamiltonianNetwork, has_energy=True, conserves_it=False, reference_parameters=2 * 202 + 1 + 200 + 200 + 2 + 2
    ),
    "mechanical_velocity": Case(
        models.MechanicalVelocityNetwork,
        has_energy=True,
        conserves_it=True,
        reference_parameters=2 * (400 + 40_200 + 200) + 1,
        canonical=False,
    ),
    "mechanical_velocity_features": Case(
        models.MechanicalVelocityNetwork,
        has_energy=True,
        conserves_it=True,
        reference_parameters=2 * (202 + 200 + 200 + 2) + 1,
        canonical=False,
    ),
    "mechanical_velocity_friction": Case(
        models.MechanicalVelocityNetwork,
        has_energy=True,
        conserves_it=False,
        reference_parameters=2 * (400 + 40_200 + 200) + 2,
        canonical=False,
    ),
    # The potential 1-200-200-1 of one distance, and the logarithm of the mass, of two bodies on a line.
    "pairwise": Case(
        HamiltonianNetwork,
        has_energy=True,
        conserves_it=True,
        reference_parameters=400 + 40_200 + 200 + 1,
        least_dof=2,
        refusal="expected states of two or more bodies",
    ),
    # 200 units, 3 inputs (two momenta and a distance) and 4 products.
    "pairwise_random_features": Case(
        HamiltonianNetwork,
        has_energy=True,
        conserves_it=True,
        reference_parameters=207 + 600 + 200 + 6,
        least_dof=2,
    ),
    # 200 units, 2 inputs and 3 products: coefficients; kernel, bias, mean and std are fixed.
    "random_features": Case(
        HamiltonianNetwork, has_energy=True, conserves_it=True, reference_parameters=205 + 400 + 200 + 4
    ),
    "random_features_friction": Case(
        HamiltonianNetwork, has_energy=True, conserves_it=False, reference_parameters=205 + 400 + 200 + 4 + 1
    ),
    "second_order": Case(
        models.SecondOrderNetwork, has_energy=False, conserves_it=False, reference_parameters=600 + 40_200 + 200
    ),
    # Two perceptrons 1-200-200-1.
    "separable": Case(
        HamiltonianNetwork, has_energy=True, conserves_it=True, reference_parameters=2 * (400 + 40_200 + 200)
    ),
    "separable_friction": Case(
        HamiltonianNetwork, has_energy=True, conserves_it=False, reference_parameters=2 * (400 + 40_200 + 200) + 1
    ),
    # 200 units, 2 inputs and 2 products, because p and q do not meet.
    "separable_random_features": Case(
        HamiltonianNetwork, has_energy=True, conserves_it=True, reference_parameters=204 + 400 + 200 + 4
    ),
    "separable_random_features_friction": Case(
        HamiltonianNetwork, has_energy=True, conserves_it=False, reference_parameters=204 + 400 + 200 + 4 + 1
    ),
}
WITH_ENERGY = sorted(name for name in CASES if CASES[name].has_energy)
CONSERVATIVE = sorted(name for name in CASES if CASES[name].conserves_it)
CANONICAL = sorted(name for name in CONSERVATIVE if CASES[name].canonical)


def _unbuilt(name, *, hidden_units=(8,), activation="tanh", dtype="float64"):
    return models.MODELS[name](hidden_units=hidden_units, activation=activation, dtype=dtype, body_dimension=1)


@functools.cache
def _build(name, *, hidden_units=(16, 16), activation="tanh", dtype="float64", dof=2):
    """A model that the tests share; none of them changes it."""
    keras.utils.set_random_seed(0)  # whichever test is the first
    model = _unbuilt(name, hidden_units=hidden_units, activation=activation, dtype=dtype)
    model.build([None, 2 * max(dof, CASES[name].least_dof)])
    return model


def test_every_model_has_an_entry():
    assert set(CASES) == set(models.MODELS)


def test_every_keras_model_of_the_package_is_registered_and_public():
    registered = {type(_build(name)) for name in models.MODELS}
    # The model that sees frames has its own tests, in test_latent_model.py; the state of a fit, in test_killed_fit.py;
    # networks that are no motion of states, in test_dynamics_networks.py; and models around others, in
    # test_scaled_network.py.
    others = {LatentHamiltonianNetwork, FitState, models.ForceNetwork, models.AccelerationNetwork, models.ScaledNetwork}
    assert package_classes.subclasses(keras.Model) == registered | others
    assert {kind.__name__ for kind in registered} <= set(models.__all__)


# Combinations of what others are made of.
COMBINED = (
    "constant_mass",
    "constant_mass_friction",
    "hnn_dissipation",
    "known_mass",
    "known_mass_dissipation",
    "known_mass_friction",
    "known_mass_random_features",
    "known_mass_random_features_friction",
    "mechanical_features",
    "mechanical_friction",
    "mechanical_random_features",
    "mechanical_random_features_friction",
    "mechanical_velocity_features",
    "mechanical_velocity_friction",
    "pairwise_random_features",
    "random_features_friction",
    "separable",
    "separable_friction",
    "separable_random_features",
    "separable_random_features_friction",
)


@pytest.fixture(params=[pytest.param(n, marks=[pytest.mark.slow] * (n in COMBINED)) for n in sorted(models.MODELS)])
def name(request):
    return request.param


def test_is_of_the_entrys_class(name):
    assert type(_build(name)) is CASES[name].kind


@pytest.mark.parametrize("shape", [(2,), (5, 2), (5, 4), (3, 5, 6)])
def test_output_has_the_states_shape(name, rng, shape):
    if shape[-1] < 2 * CASES[name].least_dof:
        pytest.skip("too narrow for the model")
    model = _unbuilt(name)
    assert model(tf.constant(rng.normal(size=shape))).shape == shape
    assert model.compute_output_shape((None, *shape[1:])) == (None, *shape[1:])


@pytest.mark.slow
def test_one_state_is_a_batch_of_one(name, rng):
    model, state = _build(name), tf.constant(rng.normal(size=[4]))
    np.testing.assert_array_equal(model(state), model(state[tf.newaxis])[0])
    field = tf.function(model, autograph=False)  # one trace for the four stages of a step
    path = rollout(field, state, step_size=0.1, num_steps=3)
    np.testing.assert_array_equal(path, rollout(field, state[tf.newaxis], step_size=0.1, num_steps=3)[0])


def test_is_a_part_of_functional_models(name):
    inputs = keras.Input([4], dtype="float64")
    assert keras.Model(inputs, _build(name)(inputs)).output_shape == (None, 4)


def test_batch_members_do_not_touch_each_other(name, rng):
    model, state = _build(name), rng.normal(size=[3, 4])
    # 1e-15: matrix products of another size may add in another order.
    np.testing.assert_allclose(model(state)[1:2], model(state[1:2]), atol=1e-15)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_everything_has_the_models_precision(name, rng, dtype):
    model = _build(name, dtype=dtype)
    assert {v.dtype for v in model.variables} == {dtype}
    assert {layer.dtype_policy.name for layer in model._flatten_layers()} == {dtype}
    state = tf.constant(rng.normal(size=[3, 4]), dtype)
    assert model(state).dtype == dtype
    if CASES[name].has_energy:
        assert model.hamiltonian(state).dtype == dtype


def test_has_as_many_parameters_as_the_reference(name):
    assert _build(name, hidden_units=(200, 200), dof=1).count_params() == CASES[name].reference_parameters


def test_an_odd_width_is_refused(name):
    model = _unbuilt(name)
    for width in (0, 3, None):
        with pytest.raises(ValueError, match="even size 2n"):
            model.build([None, width])
    with pytest.raises(ValueError, match="even size 2n"):
        model(tf.zeros([5, 3], tf.float64))


def test_a_width_other_than_it_was_built_for_is_refused(name):
    model = _build(name)
    # As soon as a functional model is made of it, too.
    for state in (tf.zeros([5, 2], tf.float64), keras.Input([2], dtype="float64")):
        with pytest.raises(ValueError, match="expected axis -1 of input shape to have value 4"):
            model(state)
    with pytest.raises(ValueError, match=CASES[name].refusal):
        (model.hamiltonian if CASES[name].has_energy else model.mlp).gradient(tf.zeros([5, 2], tf.float64))


def test_an_unknown_activation_is_refused(name):
    with pytest.raises(ValueError, match="expected one of relu"):
        _build(name, activation="tanhh")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_saved_model_comes_back_bit_by_bit(name, rng, tmp_path, dtype):
    model = _build(name, hidden_units=(8, 12), activation="sine", dtype=dtype)
    model.save(tmp_path / "model.keras")
    # No custom_objects: the classes are registered.
    loaded = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    state = tf.constant(rng.normal(size=[7, 4]), dtype)
    assert type(loaded) is type(model)
    assert loaded.get_config() == model.get_config()
    np.testing.assert_array_equal(loaded(state), model(state))
    if CASES[name].has_energy:
        np.testing.assert_array_equal(loaded.hamiltonian(state), model.hamiltonian(state))


def test_the_configuration_makes_the_same_model(name):
    model = _build(name, hidden_units=(8, 12), activation="sine")
    again = type(model).from_config(model.get_config())
    again.build([None, 4])
    assert again.get_config() == model.get_config()
    assert [v.shape for v in again.variables] == [v.shape for v in model.variables]


@pytest.mark.slow
@pytest.mark.parametrize("jit_compile", [False, True])
def test_stock_keras_trains_each(name, rng, jit_compile):
    _train(name, rng, jit_compile)


@pytest.mark.slow
def test_stock_keras_trains_hnns(rng):
    _train("hnn", rng, False)


def _train(name, rng, jit_compile):
    if CASES[name].least_dof > 1:
        pytest.skip("too wide for the example")
    if name == "mechanical_velocity_features":
        pytest.skip("half of its outputs are exact from the start, and the others take hundreds of epochs of Adam")
    model = _build.__wrapped__(name, dtype="float32", dof=1)
    states = rng.normal(size=[32, 2]).astype("float32")
    derivatives = states[:, ::-1] * [1, -2]  # of H = q^2 + p^2 / 2
    model.compile(keras.optimizers.Adam(1e-2), "mse", jit_compile=jit_compile)
    losses = model.fit(states, derivatives, batch_size=32, epochs=30, shuffle=False, verbose=0).history["loss"]
    assert losses[-1] < 0.2 * losses[0]
    # After the last step, where the loss of a model whose features are steep may rise again.
    assert model.evaluate(states, derivatives, verbose=0) < 0.2 * losses[0]


def _jacobian(model, state):
    state = tf.constant(state)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(state)
        components = tf.unstack(model(state), axis=-1)
    # Members of the batch do not touch each other, so that their sum has the gradients of each.
    return np.stack([tape.gradient(component, state) for component in components], 1)


def test_declared_separability_is_true(name, rng):
    model = _build(name)
    # Of the motion without dissipation, which H alone gives.
    motion = (lambda state: symplectic_gradient(model.hamiltonian, state)) if CASES[name].has_energy else model
    jacobian = _jacobian(motion, rng.normal(size=[6, 4]))
    # T(p) + V(q): dq/dt must not notice q, nor dp/dt p.
    coupling = max(np.abs(jacobian[:, :2, :2]).max(), np.abs(jacobian[:, 2:, 2:]).max())
    assert model.separable == (coupling < 1e-14)


def test_the_flow_keeps_volume_only_if_it_is_hamiltonian(name, rng):
    jacobian = _jacobian(_build(name), rng.normal(size=[6, 4]))
    divergence = np.abs(np.trace(jacobian, axis1=1, axis2=2)).max()
    assert np.abs(jacobian).max() > 0.1
    # 1e-14: the terms that cancel are of order 1.
    assert (divergence < 1e-14) == (name in CANONICAL), divergence


def test_the_model_declares_what_its_states_are(name):
    assert _build(name).canonical == CASES[name].canonical


def test_declares_an_energy_as_the_entry_says(name):
    assert hasattr(_build(name), "hamiltonian") == CASES[name].has_energy


@pytest.mark.parametrize("name", WITH_ENERGY)
@pytest.mark.parametrize("shape", [(2,), (5, 2), (3, 5, 4)])
def test_energy_is_one_number_a_state(name, rng, shape):
    if shape[-1] < 2 * CASES[name].least_dof:
        pytest.skip("too narrow for the model")
    model = _build(name, dof=shape[-1] // 2)
    assert model.hamiltonian(tf.constant(rng.normal(size=shape))).shape == shape[:-1]


@pytest.mark.parametrize("name", CANONICAL)
def test_output_is_the_energys_symplectic_gradient(name, rng):
    model, state, h = _build(name), rng.normal(size=[6, 4]), 1e-5
    gradient = [
        (model.hamiltonian(tf.constant(state + h * e)) - model.hamiltonian(tf.constant(state - h * e))) / (2 * h)
        for e in np.eye(4)
    ]
    expected = np.stack(gradient, -1) @ phase_space.symplectic_matrix(2).numpy().T
    # Central differences: h^2 times the third derivative, and round-off 1e-16 / h, both below 1e-9.
    np.testing.assert_allclose(model(tf.constant(state)), expected, atol=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("name", CONSERVATIVE)
def test_energy_is_constant_along_its_trajectories(name, rng):
    model = _build(name)
    field = tf.function(model, autograph=False)  # one trace for the thirteen stages of a step
    path = rollout(field, tf.constant(rng.normal(size=[3, 4])), step_size=0.05, num_steps=80, integrator="rk8")
    energy = model.hamiltonian(path).numpy()
    # 1e-12: the eighth-order error over 80 steps; the states themselves move by order 1.
    np.testing.assert_allclose(energy, np.broadcast_to(energy[:, :1], energy.shape), atol=1e-12)
    assert np.abs(path[:, -1] - path[:, 0]).max() > 0.5
