"""Models and exports inside of other Keras pipelines."""

import re

import keras
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

import hnn_tf
from hnn_tf.export.saved_model import export_model

# Keras' own, with NumPy 2, when it saves a model.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")


def _network(**options):
    model = hnn_tf.HamiltonianNetwork(hnn_tf.MLPHamiltonian(hidden_units=[8]), **options)
    model.build([None, 2])
    return model


def _frames_network(**options):
    parts = [hnn_tf.models.ResidualMLP(units, hidden_units=8) for units in (2, 18)]
    return hnn_tf.LatentHamiltonianNetwork(*parts, _network(), frame_shape=(3, 3, 2), **options)


def _saved_and_loaded(model, tmp_path):
    model.save(tmp_path / "model.keras")
    return keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Path of a pendulum's model, and version folder of its export."""
    keras.utils.set_random_seed(0)
    rng = np.random.default_rng(0)
    starts = hnn_tf.data.sample_on_radius(rng, 50, radius=(0.5, 2.3))
    samples = hnn_tf.data.generate_trajectories(hnn_tf.systems.Pendulum(), starts, np.linspace(0, 3, 20))
    model = hnn_tf.HamiltonianNetwork(hnn_tf.MLPHamiltonian(hidden_units=[32, 32]))
    model.build([None, 2])
    objective, rate = hnn_tf.objectives.DerivativeMatching(), keras.optimizers.schedules.CosineDecay(1e-2, 1500)
    hnn_tf.TrainingLoop(model, objective, keras.optimizers.Adam(rate), samples.clean_samples()).run(1500)
    folder = tmp_path_factory.mktemp("trained")
    model.save(folder / "model.keras")
    return folder / "model.keras", export_model(model, folder / "served")


@pytest.mark.parametrize("energy_first", [False, True])
def test_a_model_and_its_energy_are_loaded_as_one(rng, tmp_path, energy_first):
    model, inputs = _network(), keras.Input([2])
    calls = [model.hamiltonian, model][:: 1 if energy_first else -1]
    composite = keras.Model(inputs, [call(inputs) for call in calls])
    loaded = _saved_and_loaded(composite, tmp_path)
    states = rng.normal(size=[5, 2]).astype("float32")
    for answer, expected in zip(loaded(states), composite(states), strict=True):
        np.testing.assert_array_equal(answer, expected)
    assert len(loaded.trainable_variables) == len(composite.trainable_variables) == 3


def test_parts_of_a_model_of_frames_are_loaded_as_one(rng, tmp_path):
    model, inputs = _frames_network(), keras.Input([3, 3, 2])
    composite = keras.Model(inputs, [model(inputs), model.encoder(keras.layers.Reshape([18])(inputs))])
    loaded = _saved_and_loaded(composite, tmp_path)
    assert len(loaded.variables) == len(composite.variables)
    frames = rng.normal(size=[5, 3, 3, 2]).astype("float32")
    np.testing.assert_array_equal(loaded(frames)[1], composite(frames)[1])


def _frozen(kind):
    if kind == "baseline":
        model = _baseline()
    else:
        model = _network()
    if kind == "hamiltonian":
        model.hamiltonian.trainable = False
    else:
        model.trainable = False
    return model


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["model", "hamiltonian", "baseline"])
def test_what_is_frozen_stays_so_when_loaded(tmp_path, rng, kind):
    inputs = keras.Input([3])
    composite = keras.Model(inputs, _frozen(kind)(keras.layers.Dense(2)(inputs)))
    composite.compile("adam", "mse")
    readings, targets = rng.normal(size=[5, 3]), rng.normal(size=[5, 2])
    composite.fit(readings, targets, verbose=0)  # so that the file has an optimizer, of as many variables
    loaded = _saved_and_loaded(composite, tmp_path)
    assert len(loaded.trainable_variables) == len(composite.trainable_variables) == 2
    loaded.fit(readings, targets, verbose=0)


def _baseline(**options):
    return hnn_tf.BaselineNetwork(hidden_units=[8], **options)


@pytest.mark.parametrize(("build", "shape"), [(_network, [2]), (_baseline, [2]), (_frames_network, [3, 3, 2])])
def test_made_frozen_it_is_not_trained_by_what_it_is_in(build, shape):
    composite = keras.Sequential([keras.Input(shape), build(trainable=False)])
    assert composite.variables
    assert not composite.trainable_variables


def test_masks_of_times_pass(rng):
    inputs = keras.Input([None, 2])
    model = _network()
    # A layer that drops a mask warns, which fails this.
    outputs = [model(keras.layers.Masking()(inputs)), model.hamiltonian(keras.layers.Masking()(inputs))]
    states = rng.normal(size=[5, 4, 2]).astype("float32")
    derivative, energy = keras.Model(inputs, outputs)(states)
    assert (derivative.shape, energy.shape) == ((5, 4, 2), (5, 4))


def test_integers_have_an_energy():
    np.testing.assert_array_equal(_network().hamiltonian(np.array([[1, 0]])).shape, [1])


@pytest.mark.parametrize(
    "call",
    [
        lambda state: hnn_tf.rollout(_network(), state, step_size=0.1, num_steps=2),
        lambda state: hnn_tf.rollout(hnn_tf.systems.Pendulum(), state, step_size=0.1, num_steps=2),
        lambda state: hnn_tf.rollout_at_times(_network(), np.ones([1, 2]), state, substeps=1),
        lambda _: _frames_network().encode(keras.Input([3, 3, 2])),
    ],
)
def test_a_placeholder_outside_of_a_layer_is_refused(call):
    with pytest.raises(ValueError, match="make this call in the `call` of a keras.layers.Layer of your own"):
        call(keras.Input([2]))


def test_frames_of_another_shape_are_refused_when_the_graph_is_made():
    model = _frames_network()
    model.build([None, 3, 3, 2])
    with pytest.raises(ValueError, match="frames: expected a batch of shape"):
        model(keras.Input([3, 4, 2]))


@pytest.mark.slow
def test_a_rollout_inside_of_a_layer_is_fitted(rng):
    class Rollout(keras.layers.Layer):
        def __init__(self, model):
            super().__init__()
            self.model = model

        def call(self, state):
            return hnn_tf.rollout(self.model, state, step_size=0.1, num_steps=3)

    inputs = keras.Input([3])
    composite = keras.Model(inputs, Rollout(_network())(keras.layers.Dense(2)(inputs)))
    composite.compile(keras.optimizers.Adam(0.02), "mse")
    losses = composite.fit(rng.normal(size=[8, 3]), np.zeros([8, 4, 2]), epochs=5, verbose=0).history["loss"]
    assert losses[-1] < losses[0]
    assert len(composite.trainable_variables) == 5


@pytest.mark.slow
def test_an_exports_rollout_is_a_keras_layer(trained):
    layer = keras.layers.TFSMLayer(str(trained[1]), call_endpoint="rollout")
    inputs = {"state": keras.Input([2], name="state"), "times": keras.Input([None], name="times")}
    pipeline = keras.Model(inputs, layer(inputs))
    request = {"state": tf.constant([[1.5, 0.0]]), "times": tf.constant([[0.0, 0.5, 1.0]])}
    served = tf.saved_model.load(str(trained[1]))
    expected = served.signatures["rollout"](**request)
    for name, answer in pipeline(request).items():
        np.testing.assert_array_equal(answer, expected[name])
    assert not layer.trainable_variables


@pytest.mark.slow
def test_energy_is_what_a_classifier_needs(run_example, trained, tmp_path, capsys):
    output = run_example("embedding/classify_by_energy.py", f"--saved_model={trained[1]}", "--steps=200")
    by_energy, by_state = (float(accuracy) for accuracy in re.findall(r"accuracy (\S+)", output))
    assert by_energy > max(0.9, by_state)
    # `predict` multiplies batches of 32 states and the export all of them at once, in kernels that a processor chooses
    # by the shape: the energies of up to 11.5 J are sums of 32 products, within 1.7e-6 of float64's on three
    # instruction sets, and the probability rises by at most 0.84 a J: 2 x 0.84 x 1.7e-6, and four times that.
    assert float(re.search(r"the same to (\S+)", output)[1]) < 1.2e-5
    with Image.open(tmp_path / "classify_by_energy.png") as figure:
        assert figure.size == (900, 468)
    with pytest.raises(SystemExit, match="2"):
        run_example("embedding/classify_by_energy.py", "--saved_model=nowhere")
    assert "error: nowhere: no such folder" in capsys.readouterr().err


@pytest.mark.slow
def test_a_sensor_is_calibrated_by_the_motion(run_example, trained):
    output = run_example("embedding/calibrate_sensors.py", f"--model_path={trained[0]}", "--steps=200")
    true, before, after = (
        np.array(re.findall(r"[-+]?\d\.\d{3}\b", line)[:4], float) for line in output.splitlines()[:3]
    )
    # What the toy model's own errors leave; it starts 0.3 off.
    assert np.abs(after - true).max() < 0.1 * np.abs(before - true).max()
    assert "saved and loaded: the same answers, 2 trainable variables" in output


@pytest.mark.slow
def test_a_penalty_keeps_the_energy(run_example, trained, tmp_path):
    output = run_example("embedding/energy_penalty.py", f"--model_path={trained[0]}", "--steps=600")
    without, penalised = (float(error) for error in re.findall(r"(\S+) J", output))
    assert penalised < 0.7 * without
    with Image.open(tmp_path / "energy_penalty.png") as figure:
        figure.verify()


@pytest.mark.slow
def test_an_initial_state_is_found_in_python_and_through_the_export(run_example, trained, tmp_path):
    output = run_example("embedding/assimilate.py", f"--model_path={trained[0]}", "--steps=60")
    guess, in_python, through_the_export = (float(error) for error in re.findall(r"state (\S+)", output))
    # Noise of 0.1 in 40 readings, and the toy model's own error.
    assert in_python < 0.1 < guess
    assert through_the_export == pytest.approx(in_python, abs=1e-3)  # 60 steps' float32 round-off
    with Image.open(tmp_path / "assimilate.png") as figure:
        figure.verify()
