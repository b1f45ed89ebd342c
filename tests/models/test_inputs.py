"""Models with inputs: (J - R) grad H + G u."""

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
    MechanicalHamiltonian,
    MechanicalVelocityNetwork,
    MLPDissipation,
    MLPEnergy,
    MLPHamiltonian,
    MLPInput,
    MLPMassMatrix,
    OptionError,
    models,
    symplectic_gradient,
)
from hnn_tf.numerics.symplectic_gradient import energy_gradient

# Keras' own, with NumPy 2, when it saves a model.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")

SMALL = {"hidden_units": [4], "dtype": "float64"}
CONTROLS = {
    "linear": lambda: LinearInput(2, dtype="float64"),
    "known": lambda: LinearInput(gains=[[1.0, 0.0], [0.5, -2.0]], dtype="float64"),
    "mlp": lambda: MLPInput(2, angles=[0], **SMALL),
}


class _Everywhere(keras.layers.Layer):
    """A layer of a user's own: inputs that act on positions, too."""

    num_inputs = 2

    def call(self, state):
        ones = tf.ones_like(state[..., tf.newaxis])
        return tf.concat([ones, 2.0 * ones], -1)


CONTROLS["own"] = lambda: _Everywhere(dtype="float64")


def _network(control, dissipation=None):
    model = HamiltonianNetwork(MLPHamiltonian(**SMALL), dissipation, control)
    model.build([None, 4])
    for weight in model.weights:  # gains start at 0
        weight.assign_add(0.1 * tf.ones_like(weight))
    return model


@pytest.fixture(params=CONTROLS)
def control(request):
    return CONTROLS[request.param]()


def test_the_motion_is_that_of_the_equation(control, rng):
    model = _network(control, LinearFriction(dtype="float64"))
    state, inputs = tf.constant(rng.normal(size=[5, 4])), tf.constant(rng.normal(size=[5, 2]))
    gradient = energy_gradient(model.hamiltonian, state)
    friction = np.einsum("bij,bj->bi", model.dissipation(state), gradient)
    forces = np.einsum("bij,bj->bi", model.control(state), inputs)
    expected = symplectic_gradient(model.hamiltonian, state) - friction + forces
    # Some ten roundings of numbers of order 1.
    np.testing.assert_allclose(model(state, inputs=inputs), expected, rtol=0, atol=1e-14)
    assert (model.num_inputs, model.conservative) == (2, False)


def test_the_energy_changes_by_dissipation_and_supplied_power(rng):
    model = _network(MLPInput(2, **SMALL), MLPDissipation(**SMALL))
    state, inputs = tf.constant(rng.normal(size=[5, 4])), tf.constant(rng.normal(size=[5, 2]))
    gradient = energy_gradient(model.hamiltonian, state).numpy()
    change = np.sum(gradient * model(state, inputs=inputs), -1)
    lost = np.einsum("bi,bij,bj->b", gradient, model.dissipation(state), gradient)
    output = np.einsum("bij,bi->bj", model.control(state), gradient)  # y = G^T grad H
    assert np.all(lost > 0)
    np.testing.assert_allclose(change, np.sum(output * inputs, -1) - lost, rtol=0, atol=1e-14)


@pytest.mark.slow
@pytest.mark.parametrize("control", ["linear", "known", "mlp"])
def test_models_of_velocities_have_the_motion_of_momenta(control, rng):
    mechanics = MechanicalHamiltonian(MLPMassMatrix(**SMALL), MLPEnergy(**SMALL))
    model = MechanicalVelocityNetwork(mechanics, LinearFriction(dtype="float64"), CONTROLS[control]())
    state, inputs = tf.constant(rng.normal(size=[5, 4])), tf.constant(rng.normal(size=[5, 2]))
    model.build(state.shape)
    for weight in model.control.weights:  # gains start at 0
        weight.assign_add(0.1 * tf.ones_like(weight))
    assert (model.num_inputs, model.conservative) == (2, False)
    with tf.autodiff.ForwardAccumulator(state, model(state, inputs=inputs)) as along:
        canonical = model.to_canonical(state)
    expected = model.canonical_model()(canonical, inputs=inputs)
    np.testing.assert_allclose(along.jvp(canonical), expected, rtol=0, atol=1e-13)  # some roundings, through M^-1 M


def test_gradients_by_inputs_are_the_columns_of_g(control, rng):
    model, state = _network(control), tf.constant(rng.normal(size=[3, 4]))
    inputs = tf.constant(rng.normal(size=[3, 2]))
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        motion = model(state, inputs=inputs)
    np.testing.assert_allclose(tape.batch_jacobian(motion, inputs), model.control(state), rtol=0, atol=1e-14)


def test_is_saved_and_loaded(control, tmp_path, rng):
    model = _network(control)
    model.save(tmp_path / "model.keras")
    own = {"_Everywhere": _Everywhere}
    loaded = keras.saving.load_model(tmp_path / "model.keras", custom_objects=own)
    state, inputs = rng.normal(size=[3, 4]), rng.normal(size=[3, 2])
    np.testing.assert_array_equal(loaded(state, inputs=inputs), model(state, inputs=inputs))


@pytest.mark.slow
@pytest.mark.parametrize(
    "make", [lambda: _network(LinearInput(2, dtype="float64")), lambda: BaselineNetwork(num_inputs=2)]
)
def test_is_a_part_of_functional_models_and_trains_in_keras(make, rng):
    model = make()
    state, inputs = keras.Input([4], dtype=model.compute_dtype), keras.Input([2], dtype=model.compute_dtype)
    outer = keras.Model([state, inputs], model(state, inputs=inputs))
    outer.compile("adam", "mse")
    before = [np.array(weight) for weight in model.trainable_weights]
    outer.fit([rng.normal(size=[8, 4]), rng.normal(size=[8, 2])], rng.normal(size=[8, 4]), verbose=0)
    assert all(np.any(old != new) for old, new in zip(before, model.trainable_weights, strict=True))


def test_lists_are_states_and_inputs():
    model = _network(LinearInput(2, dtype="float64"))
    assert model([[0.1, 0.2, 0.3, 0.4]], inputs=[[1.0, 2.0]]).shape == (1, 4)
    assert model([[0.1, 0.2, 0.3, 0.4]] * 3, inputs=[1.0, 2.0]).shape == (3, 4)
    assert BaselineNetwork(num_inputs=2)([[0.1, 0.2, 0.3, 0.4]] * 3, inputs=[1.0, 2.0]).shape == (3, 4)


def test_known_gains_are_not_trained_and_learned_ones_are_parameters():
    known, learned = _network(CONTROLS["known"]()), _network(CONTROLS["linear"]())
    assert len(learned.trainable_weights) == len(known.trainable_weights) + 1
    assert known.physical_parameters() == {}
    learned.control.assign_gains([[1.0, 2.0], [3.0, 4.0]])
    names = ("input_gain_1_1", "input_gain_1_2", "input_gain_2_1", "input_gain_2_2")
    assert learned.physical_parameters() == dict(zip(names, (1.0, 2.0, 3.0, 4.0), strict=True))
    single = HamiltonianNetwork(MLPHamiltonian(**SMALL), control=LinearInput(1, dtype="float64"))
    single.build([None, 2])
    assert single.physical_parameters() == {"input_gain": 0.0}


def test_angles_give_the_input_matrix_its_period(rng):
    layer, state = MLPInput(2, angles=[0], **SMALL), rng.normal(size=[3, 4])
    turned = state + [2 * np.pi, 0, 0, 0]
    np.testing.assert_allclose(layer(turned), layer(state), rtol=0, atol=1e-14)  # roundings of a sine of order 1


@pytest.mark.parametrize("kind", sorted(models.MODELS))
def test_every_preset_takes_inputs(kind, rng):
    model = models.MODELS[kind](hidden_units=(4,), activation="tanh", dtype="float64", body_dimension=1, num_inputs=2)
    state, inputs = rng.normal(size=[3, 4]), rng.normal(size=[3, 2])
    assert model(state, inputs=inputs).shape == (3, 4)
    for message, wrong in (("received none", {}), (r"received shape \(3, 1\)", {"inputs": inputs[:, :1]})):
        with pytest.raises(InputError, match=f"expected inputs of width 2; {message}"):
            model(state, **wrong)


@pytest.mark.parametrize(
    ("kind", "options", "message"),
    [
        ("hnn", {"control": "mlp"}, "control='mlp': expected recordings with inputs; received none"),
        ("baseline", {"control": "mlp", "num_inputs": 1}, "control='mlp': expected a model with a Hamiltonian"),
    ],
)
def test_controls_without_use_are_refused(kind, options, message):
    with pytest.raises(OptionError, match=message):
        models.MODELS[kind](hidden_units=(4,), activation="tanh", dtype="float64", **options)


def test_inputs_that_a_model_does_not_take_are_refused():
    with pytest.raises(InputError, match="takes no inputs; leave the inputs out") as refused:
        HamiltonianNetwork(MLPHamiltonian(**SMALL))(np.zeros([3, 2]), inputs=np.zeros([3, 1]))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: LinearInput(), "num_inputs: expected the number of inputs m >= 1; received None"),
        (lambda: LinearInput(3, gains=[[1.0]]), r"received 3 and gains of shape \(1, 1\)"),
        (lambda: LinearInput(gains=[1.0]), r"gains: expected finite numbers \[n, m\]; received shape \(1,\)"),
        (lambda: LinearInput(gains=[[1.0]]).build([None, 4]), "gains: expected 2 rows, one for each momentum"),
        (lambda: MLPInput(0), "num_inputs: expected the number of inputs m >= 1; received 0"),
        (
            lambda: HamiltonianNetwork(MLPHamiltonian(**SMALL), control=LinearInput(1)),
            "expected the Hamiltonian's prec",
        ),
    ],
)
def test_bad_arguments_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_control_must_be_a_layer():
    with pytest.raises(TypeError, match="control: expected a Keras layer"):
        HamiltonianNetwork(MLPHamiltonian(**SMALL), control=np.eye(2))


def test_a_control_that_does_not_tell_its_number_of_inputs_is_refused():
    with pytest.raises(ValueError, match="control: expected a layer with an attribute num_inputs"):
        HamiltonianNetwork(MLPHamiltonian(**SMALL), control=keras.layers.Dense(2, dtype="float64"))


def test_a_control_of_another_shape_is_refused():
    class Flat(keras.layers.Layer):
        num_inputs = 1

        def call(self, state):
            return state

    with pytest.raises(ValueError, match=r"control: expected G of shape \[..., 2n, 1\]"):
        HamiltonianNetwork(MLPHamiltonian(**SMALL), control=Flat(dtype="float64"))(
            np.zeros([3, 2]), inputs=np.zeros([3, 1])
        )
