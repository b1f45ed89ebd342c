"""What Keras users try first works, or gets one clear line."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import hnn_tf
from hnn_tf import InputError
from hnn_tf.models import SingleOutputHamiltonian
from hnn_tf.registry import Registry

STATES = np.array([[1.0, 0.5], [-0.3, 0.2], [0.7, -1.1]], np.float32)


def _dense(**options):
    return keras.Sequential([keras.layers.Dense(16, "tanh"), keras.layers.Dense(1)], **options)


def test_a_sequential_model_of_one_output_is_a_hamiltonian():
    layers = _dense()
    model = hnn_tf.HamiltonianNetwork(layers)
    motion = model(STATES)
    assert model.hamiltonian(STATES).shape == [3]
    np.testing.assert_array_equal(model.hamiltonian(STATES), layers(STATES)[:, 0])
    np.testing.assert_array_equal(motion, hnn_tf.symplectic_gradient(lambda state: layers(state)[:, 0], STATES))
    assert len(model.trainable_variables) == len(layers.trainable_variables) == 4
    assert [layer.name for layer in model.layers] == [layers.name]


# Keras' own, with NumPy 2, when it saves a model.
@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")
def test_it_is_saved_and_loaded_trained_and_rolled_out(tmp_path):
    layers = keras.Sequential([keras.layers.Dense(16, "tanh"), keras.layers.Dense(1, use_bias=False)])
    model = hnn_tf.HamiltonianNetwork(layers)
    model.compile("adam", "mse")
    model.fit(STATES, STATES, epochs=1, verbose=0)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    assert isinstance(loaded.hamiltonian, SingleOutputHamiltonian)
    np.testing.assert_array_equal(loaded(STATES), model(STATES))
    trajectory = hnn_tf.rollout(loaded, STATES, step_size=0.1, num_steps=3)
    assert trajectory.shape == [3, 4, 2]


def test_a_bias_without_a_gradient_stops_no_training():
    model = hnn_tf.HamiltonianNetwork(_dense())
    model.compile("adam", "mse")
    with pytest.warns(UserWarning, match="Gradients do not exist for variables .*bias"):
        model.fit(STATES, STATES, epochs=1, verbose=0)


def test_a_layer_that_does_not_say_its_shape_is_asked_by_its_graph():
    class Silent(keras.layers.Layer):
        def __init__(self):
            super().__init__()
            self.inner = _dense()

        def build(self, input_shape):
            self.inner.build(input_shape)

        def call(self, state):
            return tf.identity(self.inner(state))

    model = hnn_tf.HamiltonianNetwork(Silent())
    assert model(STATES).shape == [3, 2]
    assert model.hamiltonian(STATES).shape == [3]


def test_it_can_be_made_even_in_the_momenta():
    even = hnn_tf.TimeReversibleHamiltonian(_dense())
    model = hnn_tf.HamiltonianNetwork(even)
    turned = STATES * np.array([1.0, -1.0], np.float32)
    assert model(STATES).shape == [3, 2]
    np.testing.assert_array_equal(even(STATES), even(turned))


def test_it_takes_states_of_any_rank():
    layers = _dense()
    model = hnn_tf.HamiltonianNetwork(layers)
    trajectory = hnn_tf.rollout(model, STATES, step_size=0.1, num_steps=3)
    assert model(STATES[0]).shape == [2]
    assert model(trajectory).shape == [3, 4, 2]
    flat = layers(tf.reshape(trajectory, [12, 2]))
    np.testing.assert_array_equal(model.hamiltonian(trajectory), tf.reshape(flat, [3, 4]))
    assert hnn_tf.evaluation.energies(model.hamiltonian, trajectory).shape == (3, 4)
    changed = hnn_tf.change_energy(model, STATES, 0.01)
    # Its own bound: 1e-5 of the amount and the energies, of order 1.
    np.testing.assert_allclose(model.hamiltonian(changed) - model.hamiltonian(STATES), 0.01, atol=1e-4)


def test_a_first_call_of_one_state_builds_it_for_all():
    model = hnn_tf.HamiltonianNetwork(_dense())
    assert model(STATES[0]).shape == [2]
    assert model(STATES).shape == [3, 2]


def test_two_outputs_are_no_energy():
    model = hnn_tf.HamiltonianNetwork(keras.Sequential([keras.layers.Dense(2)]))
    with pytest.raises(ValueError, match="expected an energy of shape"):
        model(STATES)


@pytest.mark.parametrize("kind", [hnn_tf.MLPHamiltonian, hnn_tf.BaselineNetwork, hnn_tf.MLPDissipation])
def test_a_number_is_the_width_of_one_hidden_layer(kind):
    one, listed = kind(hidden_units=8), kind(hidden_units=[8])
    for layer in (one, listed):
        layer.build([None, 2])
    assert one.get_config()["hidden_units"] == (8,) == tuple(listed.get_config()["hidden_units"])


@pytest.mark.parametrize(
    "model",
    [
        hnn_tf.HamiltonianNetwork(hnn_tf.MLPHamiltonian(hidden_units=8)),
        hnn_tf.HamiltonianNetwork(_dense()),
        hnn_tf.BaselineNetwork(hidden_units=8),
        hnn_tf.MLPHamiltonian(hidden_units=8),
        hnn_tf.TimeReversibleHamiltonian(hnn_tf.MLPHamiltonian(hidden_units=8)),
        hnn_tf.RandomFeatureHamiltonian(num_features=8),
    ],
    ids=["hnn", "sequential", "baseline", "mlp", "time_reversible", "random_features"],
)
def test_states_may_be_nested_lists(model):
    np.testing.assert_array_equal(model(STATES.tolist()), model(STATES))


@pytest.mark.slow
@pytest.mark.parametrize(
    "activation",
    [
        "gelu",
        keras.ops.tanh,
        *(pytest.param(other, marks=pytest.mark.slow) for other in ("swish", keras.activations.softplus, tf.sin)),
    ],
)
def test_activations_are_keras_names_or_functions(activation):
    model = hnn_tf.HamiltonianNetwork(hnn_tf.MLPHamiltonian(hidden_units=8, activation=activation))
    model.compile("adam", "mse")
    model.fit(STATES, STATES, epochs=1, verbose=0)
    assert model(STATES).shape == [3, 2]


@pytest.mark.parametrize("activation", ["relu", "leaky_relu", keras.activations.hard_silu, tf.nn.relu6])
@pytest.mark.parametrize("kind", [hnn_tf.MLPHamiltonian, hnn_tf.RandomFeatureHamiltonian])
def test_a_hamiltonian_with_a_kink_is_refused(kind, activation):
    with pytest.raises(
        InputError, match=r"expected a smooth activation for a Hamiltonian, .*; use 'tanh', 'silu'"
    ) as refusal:
        kind(activation=activation)
    assert "\n" not in str(refusal.value)


@pytest.mark.slow
def test_training_takes_names():
    model = hnn_tf.HamiltonianNetwork(hnn_tf.MLPHamiltonian(hidden_units=8))
    model.build([None, 2])
    samples = {"state": STATES, "next_state": STATES, "time_step": np.full([3, 1], 0.1)}
    loop = hnn_tf.TrainingLoop(model, "one_step", "adam", samples)
    assert isinstance(loop.objective, hnn_tf.objectives.OneStep)
    assert np.isfinite(loop.run(2))
    with pytest.raises(InputError, match="objective: expected one of combined, derivative, .*; received 'steps'"):
        hnn_tf.TrainingLoop(model, "steps", "adam", samples)


@pytest.mark.parametrize("loss", [hnn_tf.objectives.OneStep(), hnn_tf.objectives.DerivativeMatching])
def test_an_objective_is_no_loss_of_keras(loss):
    model = hnn_tf.HamiltonianNetwork(hnn_tf.MLPHamiltonian(hidden_units=8))
    model.compile("adam", loss)
    with pytest.raises(
        InputError, match="objective '.*': expected a call by hnn_tf.TrainingLoop, .* loss='mse'"
    ) as refusal:
        model.fit(STATES, STATES, verbose=0)
    assert "\n" not in str(refusal.value)


def test_a_strategy_is_refused_by_the_loop_and_taken_by_stock_fit():
    strategy = tf.distribute.MirroredStrategy(["CPU:0"])
    with strategy.scope():
        model = hnn_tf.HamiltonianNetwork(hnn_tf.MLPHamiltonian(hidden_units=8))
        model.build([None, 2])
        with pytest.raises(InputError, match="TrainingLoop: expected no tf.distribute strategy"):
            hnn_tf.TrainingLoop(model, "derivative", "adam", {"state": STATES, "time_derivative": STATES})
        model.compile("adam", "mse")
    model.fit(STATES, STATES, epochs=1, verbose=0)


def test_everything_is_found_without_another_import():
    assert hnn_tf.figures.draw_energy.__name__ == "draw_energy"
    assert hnn_tf.export.export_model.__name__ == "export_model"
    assert hnn_tf.LinearFriction is hnn_tf.models.LinearFriction


def test_a_part_of_ones_own_has_a_name():
    registry = Registry({"tanh": "hnn_tf.numerics.activation_functions:tanh"})
    registry["mine"] = 3
    assert (list(registry), registry["mine"], "other" in registry) == (["tanh", "mine"], 3, False)
    with pytest.raises(KeyError):
        registry["other"]
