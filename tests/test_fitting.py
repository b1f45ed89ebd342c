"""The library's call: the same bits as a trainer's, and what its result measures, draws, saves and exports."""

import hashlib
import json
import subprocess
import sys

import command_session
import keras
import numpy as np
import pytest
import tensorflow as tf
from small_fits import CLOSED_FORMS, FEW, SMALL, fit, swings

import hnn_tf
from hnn_tf import data
from hnn_tf.input_error import InputError

# Keras' own, with NumPy 2, when it saves a model.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")


@pytest.fixture(scope="module")
def recordings():
    return swings()


@pytest.fixture(scope="module")
def fitted(recordings):
    return fit(recordings)


@pytest.mark.slow
def test_it_gives_a_trainers_bits(fitted, tmp_path):
    flags = ["--hidden_units=8,8", "--steps=20", "--weight_decay=0", "--nofigures", "--progress=none"]
    ((code, _, error),) = command_session.run([["trainers.pendulum", *flags, "--output_dir=run"]], tmp_path)
    assert code == 0, error
    theirs = json.loads((tmp_path / "run" / "metrics.json").read_text())
    # Not the file, which numbers the layers: this process has made others before.
    loaded = keras.saving.load_model(tmp_path / "run" / "model.keras")
    for ours, expected in zip(fitted.model.weights, loaded.weights, strict=True):
        np.testing.assert_array_equal(ours.numpy(), expected.numpy())
    for name in ("train_loss", "test_loss"):
        assert fitted.metrics[name] == theirs["metrics"][name]
    assert fitted.record()["training_data"] == theirs["training_data"]


@pytest.mark.slow
def test_it_repeats_itself(fitted, recordings):
    assert fit(recordings).metrics == fitted.metrics


@pytest.mark.slow
def test_metrics_are_of_rollouts_from_the_true_first_states(fitted, recordings):
    starts = np.stack([each.true_states[0] for each in recordings[25:]])
    truth = np.stack([each.true_states for each in recordings[25:]])
    path = hnn_tf.evaluation.evaluation_rollout(fitted.model, starts, recordings[0].times)
    # Both step by rk8 in float32, in other steps: over 3 s of a field of order 1, five digits stay.
    assert fitted.metrics["coordinate_mse"] == pytest.approx(np.mean((path - truth) ** 2), rel=1e-4)
    assert 0 <= fitted.metrics["valid_prediction_time"] <= 3


@pytest.mark.slow
def test_where_the_truth_is_unknown_a_rollout_begins_where_it_fits_best():
    times = np.linspace(0, 2, 30)
    truth = np.stack([np.cos(times), -np.sin(times)], -1)
    noisy = data.Recordings.from_arrays(times, truth + 0.05 * np.random.default_rng(0).standard_normal([4, 30, 2]))
    found = hnn_tf.fit(noisy, test=noisy[:1], model=CLOSED_FORMS[0], objective="trajectory", progress=False)
    # The noise's variance is 0.0025; of sixty readings it has a standard deviation of sqrt(2 / 60), 18 % of it.
    assert found.metrics["coordinate_mse"] == pytest.approx(0.0025, rel=4 * 0.18)


@pytest.mark.slow
def test_a_rollout_takes_one_state_or_many(fitted):
    times = [5.0, 5.1, 5.4]
    one, many = fitted.rollout([1.5, 0.0], times), fitted.rollout([[1.5, 0.0], [0.5, 0.2]], times)
    assert (one.shape, many.shape, one.dtype) == ((3, 2), (2, 3, 2), np.float64)
    # The same motion in a batch of another size: float32's rounding of states of order 1, over some steps.
    np.testing.assert_allclose(one, many[0], atol=1e-5)
    np.testing.assert_array_equal(one[0], [1.5, 0.0])


@pytest.mark.parametrize("state", [[1.0, 2.0, 3.0], 1.0, np.zeros([2, 2, 2])])
def test_a_state_of_another_width_is_refused(fitted, state):
    with pytest.raises(InputError, match="state: expected .2. or .N, 2."):
        fitted.rollout(state, [0.0, 1.0])


def test_it_is_saved_drawn_and_exported(fitted, tmp_path):
    fitted.save(tmp_path / "run")
    loaded = keras.saving.load_model(tmp_path / "run" / "model.keras")
    state = np.array([[1.0, 0.5]], np.float32)
    np.testing.assert_array_equal(loaded(state), fitted.model(state))
    written = json.loads((tmp_path / "run" / "metrics.json").read_text())
    assert written["metrics"] == fitted.metrics
    assert written["comparison"] == {"hnn": fitted.result.losses}
    fitted.draw(tmp_path / "figures")
    names = {path.name for path in (tmp_path / "figures").iterdir()}
    assert names == {"coordinates.png", "coordinate_error.png", "phase_portrait.png", "hamiltonian.png"}
    version = hnn_tf.export.export_model(fitted, tmp_path / "served" / "swing")
    served = tf.saved_model.load(str(version))
    energy = served.signatures["energy"](state=tf.constant(state))["energy"]
    # The export sums in another order: some last places of energies of order 1.
    np.testing.assert_allclose(energy, fitted.model.hamiltonian(state), atol=1e-5)
    card = json.loads((version / "assets.extra" / "model_card.json").read_text())
    assert card["metrics"] == fitted.metrics
    assert card["state"]["names"] == ["q", "p"]


@pytest.mark.slow
def test_of_wider_states_the_coordinates_are_drawn(tmp_path):
    states = np.random.default_rng(0).standard_normal([5, 10, 4])
    recordings = data.Recordings.from_arrays(np.linspace(0, 1, 10), states)
    found = hnn_tf.fit(recordings, model=SMALL, objective="one_step", training=FEW, progress=False)
    found.draw(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"coordinates.png", "coordinate_error.png"}


@pytest.mark.slow
def test_a_model_of_ones_own_is_trained(recordings):
    model = hnn_tf.HamiltonianNetwork(keras.Sequential([keras.layers.Dense(4, "tanh"), keras.layers.Dense(1)]))
    model.build([None, 2])
    before = [weight.numpy() for weight in model.weights]
    assert fit(recordings, model=model).model is model
    assert any(np.any(weight.numpy() != old) for weight, old in zip(model.weights, before, strict=True))


@pytest.mark.slow
def test_the_readmes_lines_give_a_trainers_file(tmp_path):
    readme = (command_session.ROOT / "README.md").read_text()
    blocks = [each.split("```")[0] for each in readme.split("```python\n")[1:]]
    (block,) = (each for each in blocks if "fit(" in each)
    assert len([line for line in block.splitlines() if line]) <= 12
    environment = command_session.environment(tmp_path)
    lines = subprocess.run(
        [sys.executable, "-c", block], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert lines.returncode == 0, lines.stderr
    flags = ["--nofigures", "--output_dir=run"]
    ((code, _, error),) = command_session.run([["trainers.pendulum", *flags]], tmp_path)
    assert code == 0, error
    files = [tmp_path / "pendulum" / "model.keras", tmp_path / "run" / "model.keras"]
    assert len({hashlib.sha256(path.read_bytes()).hexdigest() for path in files}) == 1
    assert (tmp_path / "served" / "pendulum" / "1" / "saved_model.pb").is_file()
    assert (tmp_path / "pendulum" / "figures" / "coordinates.png").is_file()
