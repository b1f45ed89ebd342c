"""Models with parameters theta: H(q, p; theta)."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from hnn_tf import (
    BaselineNetwork,
    HamiltonianNetwork,
    InputError,
    LinearFriction,
    LinearInput,
    MLPHamiltonian,
    OptionError,
    models,
    symplectic_gradient,
)
from hnn_tf.motion_parameters import at_parameters

# Keras' own, with NumPy 2, when it saves a model.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")

RANGES = [[0.5, 1.5], [3.0, 4.0], [0.5, 1.0]]


class _Oscillator(keras.layers.Layer):
    """A layer of a user's own: H = p^2 / (2 m) + k q^2 / 2 + w p, with theta = (m, k, 0) and one learned w."""

    num_parameters = 3

    def build(self, shape):
        del shape
        self.w = self.add_weight(shape=(), initializer="ones")

    def call(self, state, parameters):
        q, p = state[..., :1], state[..., 1:2]
        mass, stiffness = parameters[..., :1], parameters[..., 1:2]
        return self._formed(p * p / (2.0 * mass) + stiffness * q * q / 2.0 + self.w * p)

    def _formed(self, energy):
        return tf.squeeze(energy, -1)


class _SingleOutput(_Oscillator):
    """The same, with the output `[..., 1]`."""

    def _formed(self, energy):
        return energy


SMALL = {"hidden_units": [4], "num_parameters": 3, "parameter_ranges": RANGES, "dtype": "float64"}


def _mlp():
    return MLPHamiltonian(**SMALL)


def _energy():
    return models.MLPEnergy(**SMALL)


HAMILTONIANS = {
    "mlp": _mlp,
    "unscaled": lambda: MLPHamiltonian(hidden_units=[4], num_parameters=3, dtype="float64"),
    "even": lambda: models.TimeReversibleHamiltonian(_mlp()),
    "separable": lambda: models.SeparableHamiltonian(_energy(), models.PeriodicCoordinates(_energy(), [0])),
    "potential": lambda: models.SeparableHamiltonian(
        models.QuadraticKinetic(dtype="float64"), models.PeriodicCoordinates(_energy(), [0])
    ),
    "mechanical": lambda: models.MechanicalHamiltonian(models.MLPMassMatrix(angles=[0], **SMALL), _energy()),
    "mechanical, mass": lambda: models.MechanicalHamiltonian(
        models.MLPMassMatrix(**SMALL), models.MLPEnergy(hidden_units=[4], dtype="float64")
    ),
    "own": lambda: _Oscillator(dtype="float64"),
    "own, single output": lambda: _SingleOutput(dtype="float64"),
}
OWN = {"_Oscillator": _Oscillator, "_SingleOutput": _SingleOutput}


def _network(hamiltonian, *parts, width=2):
    model = HamiltonianNetwork(hamiltonian, *parts)
    model.build([None, width])
    return model


@pytest.fixture(params=HAMILTONIANS)
def model(request):
    return _network(HAMILTONIANS[request.param]())


@pytest.fixture
def state(rng):
    return tf.constant(rng.normal(size=[5, 2]))


@pytest.fixture
def theta(rng):
    return tf.constant(rng.uniform(*np.transpose(RANGES), size=[5, 3]))


def test_the_motion_is_that_of_the_energy_at_each_states_parameters(model, state, theta):
    h = 1e-5
    ahead, behind = (
        [model.hamiltonian(state + sign * h * unit, parameters=theta) for unit in np.eye(2)] for sign in (1, -1)
    )
    dh_dq, dh_dp = ((a - b) / (2 * h) for a, b in zip(ahead, behind, strict=True))
    # Central differences: h^2 times the third derivative, and round-off 1e-16 / h, both below 1e-9.
    np.testing.assert_allclose(model(state, parameters=theta), tf.stack([dh_dp, -dh_dq], -1), rtol=0, atol=1e-9)
    assert (model.num_parameters, model.num_inputs, model.conservative) == (3, 0, True)


def test_all_states_may_have_the_same_parameters(model, state, theta):
    same = model(state, parameters=theta[0])
    # 1e-14: some ten roundings of numbers of order 1.
    np.testing.assert_allclose(same, model(state, parameters=tf.tile(theta[:1], [5, 1])), rtol=0, atol=1e-14)
    np.testing.assert_allclose(same[0], model(state[0], parameters=theta[0]), rtol=0, atol=1e-14)
    along = tf.tile(state[:, tf.newaxis], [1, 4, 1])
    np.testing.assert_allclose(
        model(along, parameters=theta[:, tf.newaxis])[:, 2], model(state, parameters=theta), rtol=0, atol=1e-14
    )


def test_parameters_act_on_h_and_not_on_friction_and_inputs(state, theta, rng):
    model = _network(_mlp(), LinearFriction(dtype="float64"), LinearInput(1, dtype="float64"))
    model.control.assign_gains([[0.7]])
    inputs = tf.constant(rng.normal(size=[5, 1]))
    motion = symplectic_gradient(at_parameters(model.hamiltonian, theta), state).numpy()
    expected = motion + np.stack([np.zeros(5), 0.7 * inputs[:, 0] - model.dissipation.coefficient * motion[:, 0]], -1)
    np.testing.assert_allclose(model(state, inputs=inputs, parameters=theta), expected, rtol=0, atol=1e-14)


def test_ranges_are_scaled_to_the_same_numbers(state):
    """H of theta in other units has the same values, if its ranges have these units, too."""
    units = np.array([1000.0, 1.0, 100.0])
    first = _network(_mlp())
    other = _network(
        MLPHamiltonian(
            hidden_units=[4], num_parameters=3, parameter_ranges=np.array(RANGES) * units[:, None], dtype="float64"
        )
    )
    other.set_weights(first.get_weights())
    theta = np.mean(RANGES, 1)
    # Some roundings, relative to numbers of order 1.
    np.testing.assert_allclose(
        first(state, parameters=theta), other(state, parameters=theta * units), rtol=0, atol=1e-13
    )
    free = _network(MLPHamiltonian(hidden_units=[4], num_parameters=1, parameter_ranges=[[2.0, 2.0]], dtype="float64"))
    assert np.isfinite(free(state, parameters=[2.5])).all()


@pytest.mark.parametrize("name", ["mlp", pytest.param("own, single output", marks=pytest.mark.slow)])
def test_gradients_by_parameters_are_those_of_the_motion(name, state, theta):
    model = _network(HAMILTONIANS[name]())
    with tf.GradientTape() as tape:
        tape.watch(theta)
        motion = model(state, parameters=theta)
    h, unit = 1e-6, np.eye(3)[0]
    expected = (model(state, parameters=theta + h * unit) - model(state, parameters=theta - h * unit)) / (2 * h)
    # h^2 times the third derivative, and round-off 1e-15 / h.
    np.testing.assert_allclose(tape.batch_jacobian(motion, theta)[..., 0], expected, rtol=0, atol=1e-7)


def test_is_saved_and_loaded(model, state, theta, tmp_path):
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras", custom_objects=OWN)
    assert loaded.get_config() == model.get_config()
    np.testing.assert_array_equal(loaded(state, parameters=theta), model(state, parameters=theta))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_everything_has_the_models_precision(dtype, state, theta):
    model = _network(MLPHamiltonian(hidden_units=[4], num_parameters=3, parameter_ranges=RANGES, dtype=dtype))
    assert {v.dtype for v in model.variables} == {dtype}
    assert model(state, parameters=theta).dtype == dtype
    assert model.hamiltonian(tf.cast(state, dtype), parameters=theta).dtype == dtype


def test_xla_and_an_unknown_batch_give_the_same(state, theta):
    model = _network(_mlp())
    specs = [tf.TensorSpec([None, width], tf.float64) for width in (2, 3)]
    traced = tf.function(
        lambda state, theta: model(state, parameters=theta), input_signature=specs, jit_compile=True, autograph=False
    )
    # 1e-14: XLA orders sums in another way.
    np.testing.assert_allclose(traced(state, theta), model(state, parameters=theta), rtol=0, atol=1e-14)
    assert traced.get_concrete_function().output_shapes.as_list() == [None, 2]


def test_is_a_part_of_functional_models_and_trains_in_keras(rng):
    model = _network(MLPHamiltonian(hidden_units=[4], num_parameters=3))
    state, theta = keras.Input([2]), keras.Input([3])
    outer = keras.Model([state, theta], model(state, parameters=theta))
    outer.compile("adam", "mse")
    before = [np.array(weight) for weight in model.trainable_weights]
    outer.fit([rng.normal(size=[8, 2]), rng.normal(size=[8, 3])], rng.normal(size=[8, 2]), verbose=0)
    assert all(np.any(old != new) for old, new in zip(before, model.trainable_weights, strict=True))


@pytest.mark.parametrize("shape", [(2, 3), (4, 5, 3), (5, 1, 3)])
@pytest.mark.parametrize("kind", ["network", "energy", "baseline"])
def test_parameters_of_other_states_are_refused(kind, shape, state):
    model = BaselineNetwork(**SMALL) if kind == "baseline" else _network(_mlp())
    function = model.hamiltonian if kind == "energy" else model
    message = r"expected parameters \[k\] for all states, or a row \[..., k\] for each state of shape \(5, 2\)"
    with pytest.raises(InputError, match=message):
        function(state, parameters=tf.ones(shape, tf.float64))


def test_a_written_out_gradient_has_the_parameters_of_each_state(state, theta):
    class Written:
        def gradient(self, state, parameters):
            return tf.reverse(parameters, [-1])[:, :2] * state

    found = at_parameters(Written(), theta[0]).gradient(state)
    np.testing.assert_array_equal(found, theta[0, :0:-1] * state)
    assert not hasattr(at_parameters(tf.tanh, theta), "gradient")


def test_lists_are_parameters():
    model = _network(_mlp())
    assert model([[0.1, 0.2]] * 3, parameters=[1.0, 3.5, 0.7]).shape == (3, 2)
    assert model.hamiltonian([[0.1, 0.2]], parameters=[[1.0, 3.5, 0.7]]).shape == (1,)


def test_without_parameters_nothing_changes(state):
    keras.utils.set_random_seed(0)
    plain = _network(MLPHamiltonian(hidden_units=[4], dtype="float64"))
    weights = [weight.shape for weight in plain.weights]
    assert weights == [(2, 4), (4,), (4, 1)]
    np.testing.assert_array_equal(plain(state, parameters=None), plain(state))
    np.testing.assert_array_equal(BaselineNetwork(hidden_units=[4])(state, parameters=None).shape, plain(state).shape)


REFUSED = {
    "missing": (_mlp, None, "expected parameters of width 3; received none; give parameters=..."),
    "another width": (_mlp, [1.0, 2.0], r"expected parameters of width 3; received shape \(2,\)"),
    "needless": (lambda: MLPHamiltonian(hidden_units=[4], dtype="float64"), [1.0], "takes no parameters; leave"),
}


@pytest.mark.parametrize(("hamiltonian", "parameters", "message"), REFUSED.values(), ids=REFUSED)
def test_parameters_that_do_not_fit_are_refused(hamiltonian, parameters, message, state):
    model = _network(hamiltonian())
    parameters = None if parameters is None else tf.constant(parameters, tf.float64)
    for call in (model, model.hamiltonian, model.hamiltonian.gradient):
        with pytest.raises(InputError, match=message) as refused:
            call(state, parameters=parameters)
        assert "\n" not in str(refused.value)


@pytest.mark.parametrize("kind", [BaselineNetwork, models.SecondOrderNetwork])
def test_networks_without_an_energy_take_parameters_beside_inputs(kind, state, theta, tmp_path, rng):
    model = kind(num_inputs=1, **SMALL)
    inputs = tf.constant(rng.normal(size=[5, 1]))
    motion = model(state, inputs=inputs, parameters=theta)
    scaled = (theta - np.mean(RANGES, 1)) / (np.ptp(RANGES, 1) / 2)
    expected = model.mlp(tf.concat([state, inputs, scaled], -1))
    # The scales are rounded in another way.
    np.testing.assert_allclose(motion[:, -expected.shape[-1] :], expected, rtol=0, atol=1e-14)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(loaded(state, inputs=inputs, parameters=theta), motion)


@pytest.mark.parametrize("name", sorted(models.MODELS))
def test_every_model_takes_parameters_or_refuses_them(name, state, theta):
    options = {"hidden_units": (8,), "activation": "tanh", "dtype": "float64", "body_dimension": 1}
    if name == "lagrangian" or "features" in name:
        with pytest.raises(OptionError, match=f"model='{name}': takes no parameters; take hnn, separable"):
            models.MODELS[name](**options, parameter_ranges=RANGES)
        model = models.MODELS[name](**options)
        with pytest.raises(InputError, match="takes no parameters; leave the parameters out"):
            model(tf.zeros([1, 4], tf.float64), parameters=[1.0])
        return
    model = models.MODELS[name](**options, parameter_ranges=RANGES)
    if name == "pairwise":  # of two bodies on a line
        state = tf.concat([state[:, :1], state[:, :1] + 2.0, state], 1)
    motion = model(state, parameters=theta)
    assert motion.shape == state.shape
    assert model.num_parameters == 3
    assert np.abs(motion - model(state, parameters=theta[::-1])).max() > 1e-4


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"num_parameters": -1}, "num_parameters: expected an integer k >= 0; received -1"),
        ({"num_parameters": 2, "parameter_ranges": [[0.0, 1.0]]}, "for each of 2 parameters"),
        ({"parameter_ranges": [[0.0, 1.0]]}, "for each of 0 parameters"),
        ({"num_parameters": 1, "parameter_ranges": [[0.0, np.inf]]}, "for each of 1 parameters"),
        ({"num_parameters": 1, "parameter_ranges": [[1.0, 0.0]]}, "expected the smallest number first"),
    ],
)
def test_invalid_options_are_refused(options, message):
    with pytest.raises(InputError, match=message):
        MLPHamiltonian(hidden_units=[4], **options)
