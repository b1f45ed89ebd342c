"""A model in the units of its user is the model of dimensionless states, converted by hand."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from hnn_tf import InputError, ModelOptions, export
from hnn_tf.models.new_model import new_model
from hnn_tf.models.scaled_network import ScaledNetwork
from hnn_tf.rollouts.rollout_at_times import rollout_at_times

# Keras' own, with NumPy 2, when it saves a model.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")

OFFSET, SCALE = np.array([3.0, 0.0]), np.array([20.0, 7.0])
TIME, ENERGY, INPUT, MASS = 0.25, 11.0, 5.0, 0.4


def scaled(network, **changes):
    options = {"offset": OFFSET, "scale": SCALE, "time_scale": TIME, "energy_scale": ENERGY, "masses": [MASS]}
    model = ScaledNetwork(network, **(options | changes))
    model.build([None, len(np.asarray((options | changes)["scale"]))])
    return model


def driven():
    options = ModelOptions("known_mass_friction", hidden_units=(8,), precision="float64")
    return new_model(options, width=2, num_inputs=1)


@pytest.fixture(scope="module")
def network():
    return driven()


@pytest.fixture(scope="module")
def model(network):
    return scaled(network, input_scale=[INPUT])


def test_the_motion_is_the_inner_one_in_other_units(model, network, rng):
    state, inputs = OFFSET + SCALE * rng.normal(size=[6, 2]), rng.normal(size=[6, 1])
    inner = network((state - OFFSET) / SCALE, inputs=inputs / INPUT).numpy()
    np.testing.assert_allclose(model(state, inputs=inputs), inner * SCALE / TIME, rtol=1e-12)


def test_the_energy_is_the_inner_one_in_other_units(model, network, rng):
    state = OFFSET + SCALE * rng.normal(size=[6, 2])
    np.testing.assert_allclose(
        model.hamiltonian(state), ENERGY * network.hamiltonian((state - OFFSET) / SCALE), rtol=1e-12
    )


def test_friction_is_a_mass_over_a_time_in_the_users_units(model, network):
    """dv/dt = ... - (g / mass) v, by hand: the derivative of the motion by the velocity."""
    with tf.GradientTape() as tape:
        velocity = tf.Variable([[3.0]], dtype=tf.float64)
        acceleration = model(tf.concat([np.array([[4.0]]), velocity], 1), inputs=np.zeros([1, 1]))[0, 1]
    slope = float(tape.gradient(acceleration, velocity)[0, 0])
    # The inner mass is 1: the velocity is dh/dp SCALE / TIME, and the user's force is the mass times the acceleration.
    rate = -slope
    # -g dH/dp, with H = E h and p = mass v: dH/dp = E / (mass S_v) dh/dz_p.
    inner_velocity = 3.0 / SCALE[1]
    by_momentum = ENERGY * inner_velocity / (MASS * SCALE[1])
    assert model.physical_parameters()["friction"] == pytest.approx(MASS * rate * 3.0 / by_momentum, rel=1e-9)
    assert float(network.dissipation.coefficient[0]) == pytest.approx(0.01)


def test_friction_of_canonical_scales_is_the_rate_times_the_mass():
    """If the scales of each pair have the product E tau / mass, dH/dp is the velocity, and g / mass is the rate."""
    length = 20.0
    velocity = ENERGY * TIME / (length * MASS)
    inner_mass = MASS * length**2 / (ENERGY * TIME**2)
    options = ModelOptions("known_mass_friction", hidden_units=(8,), precision="float64")
    network = new_model(options, width=2, masses=[inner_mass])
    model = scaled(network, offset=[0.0, 0.0], scale=[length, velocity])
    state = np.array([[0.0, 2.0]])
    np.testing.assert_allclose(model(state)[0, 0], 2.0, rtol=1e-12)  # dx/dt is the velocity
    rate = -(model(state) - model(state * 0.0))[0, 1].numpy() / 2.0
    assert model.physical_parameters()["friction"] == pytest.approx(MASS * rate, rel=1e-9)


def test_gains_are_forces_in_the_users_units(model):
    state = np.array([[4.0, 3.0]])
    force = MASS * (model(state, inputs=np.ones([1, 1])) - model(state, inputs=np.zeros([1, 1])))[0, 1]
    assert model.physical_parameters()["input_gain"] == pytest.approx(float(force), rel=1e-9)


def test_different_frictions_have_numbers(network):
    model = ScaledNetwork(network, offset=np.zeros(4), scale=[1, 1, 1, 2], time_scale=2.0, input_scale=[1.0])
    assert model.in_units(np.array([3.0]), None) == {"friction_1": 1.5, "friction_2": 6.0}
    assert model.in_units(None, np.array([[1.0], [2.0]])) == {"input_gain_1_1": 0.5, "input_gain_2_1": 2.0}


@pytest.mark.parametrize(("scale", "canonical"), [([1, 2, 6, 3], True), ([1, 2, 6, 4], False)])
def test_scales_of_equal_products_are_canonical(scale, canonical):
    inner = new_model(ModelOptions("hnn", hidden_units=(8,)), width=4)
    assert scaled(inner, offset=np.zeros(4), scale=scale).canonical == canonical
    of_velocities = new_model(ModelOptions("mechanical_velocity", hidden_units=(8,)), width=4)
    assert not scaled(of_velocities, offset=np.zeros(4), scale=scale).canonical


def test_canonical_scales_keep_hamiltons_equations(rng):
    inner = new_model(ModelOptions("hnn", hidden_units=(8,), precision="float64"), width=4)
    model = scaled(inner, offset=rng.normal(size=4), scale=[1.0, 2.0, 6.0, 3.0], time_scale=2.0, energy_scale=3.0)
    state = tf.constant(rng.normal(size=[5, 4]))
    with tf.GradientTape() as tape:
        tape.watch(state)
        energy = model.hamiltonian(state)
    gradient = tape.gradient(energy, state).numpy()
    expected = np.concatenate([gradient[:, 2:], -gradient[:, :2]], 1)
    np.testing.assert_allclose(model(state), expected, rtol=1e-9)  # the products are 6 = E tau


def test_declarations_are_those_of_the_inner_model(model, network):
    assert (model.num_inputs, model.num_parameters, model.separable, model.conservative) == (1, 0, True, False)
    assert model.suggested_step_size == pytest.approx(TIME / 10)
    assert model.dtype_policy.name == network.dtype_policy.name == "float64"


def test_a_model_is_saved_and_loaded(model, rng, tmp_path):
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    state, inputs = rng.normal(size=[6, 2]), rng.normal(size=[6, 1])
    np.testing.assert_array_equal(loaded(state, inputs=inputs), model(state, inputs=inputs))
    assert loaded.physical_parameters() == model.physical_parameters()
    assert loaded.get_config() == model.get_config()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"scale": [1.0, 0.0]}, "scale: expected finite scales and masses > 0"),
        ({"scale": [1.0, float("nan")]}, "scale: expected finite scales and masses > 0"),
        ({"time_scale": -1.0}, "scale: expected finite scales and masses > 0"),
        ({"masses": [0.0]}, "scale: expected finite scales and masses > 0"),
        ({"offset": [0.0]}, "offset: expected 2 finite numbers"),
        ({"offset": [0.0, float("inf")]}, "offset: expected 2 finite numbers"),
        ({"input_scale": []}, "input_scale: expected 1 numbers; received 0"),
        ({"masses": [1.0, 2.0]}, "expected"),
    ],
)
def test_numbers_that_do_not_fit_are_refused(network, changes, message):
    with pytest.raises(InputError, match=message):
        scaled(network, **({"input_scale": [INPUT]} | changes))


@pytest.mark.slow
def test_an_export_takes_the_steps_that_the_model_suggests(tmp_path):
    inner = new_model(ModelOptions("known_mass", hidden_units=(8,)), width=2)
    model = scaled(inner, time_scale=1e-3, energy_scale=1.0, scale=[1.0, 1e3], offset=[0.0, 0.0], masses=[1.0])
    folder = export.export_model(model, tmp_path / "served", version=1, name="own", run={})
    served = tf.saved_model.load(str(folder))
    state = np.array([[0.5, 100.0]], np.float32)
    times = np.linspace(0.0, 0.02, 9)[np.newaxis].astype(np.float32)  # twenty time scales
    found = served.signatures["rollout"](state=tf.constant(state), times=tf.constant(times))
    path = found["trajectory"].numpy()
    exact = rollout_at_times(model, tf.constant(state), tf.constant(times), max_step_size=2e-5, integrator="rk8")
    # rk4 with a tenth of the time scale: a relative error of 1e-5 over twenty time scales, and float32.
    np.testing.assert_allclose(path / [1.0, 1e3], exact / [1.0, 1e3], atol=1e-4)
