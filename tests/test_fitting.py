"""The library's call: the same bits as a trainer's, its own choices, and what it refuses."""

import hashlib
import json
import subprocess
import sys

import command_session
import keras
import numpy as np
import pytest
import tensorflow as tf

import hnn_tf
from hnn_tf import ModelOptions, TrainingOptions, data, fitting, objectives, systems
from hnn_tf.input_error import InputError, OptionError
from hnn_tf.objectives import LatentMatching
from hnn_tf.training import checkpoint, warm_start
from hnn_tf.training.short_calls import ShortCalls

# Keras' own, with NumPy 2, when it saves a model.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")

SMALL = ModelOptions("hnn", hidden_units=(8, 8))
FEW = TrainingOptions(steps=20)
CLOSED_FORMS = [ModelOptions(name, hidden_units=(20,)) for name in ("random_features", "random_features_friction")]


def _swings(count=50, noise_std=0.1):
    rng = np.random.default_rng(0)
    starts = data.sample_on_radius(rng, count, radius=(1.3, 2.3))
    times = np.linspace(0, 3, 45)
    swings = data.generate_trajectories(systems.Pendulum(), starts, times, noise_std=noise_std, rng=rng)
    return data.Recordings.from_trajectories(swings, angles=[0])


@pytest.fixture(scope="module")
def recordings():
    return _swings()


def _fit(recordings, **changes):
    arguments = {"model": SMALL, "objective": "derivative", "training": FEW, "progress": False} | changes
    return hnn_tf.fit(recordings[:25], test=recordings[25:], **arguments)


@pytest.fixture(scope="module")
def fitted(recordings):
    return _fit(recordings)


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


def test_it_repeats_itself(fitted, recordings):
    assert _fit(recordings).metrics == fitted.metrics


def test_metrics_are_of_rollouts_from_the_true_first_states(fitted, recordings):
    starts = np.stack([each.true_states[0] for each in recordings[25:]])
    truth = np.stack([each.true_states for each in recordings[25:]])
    path = hnn_tf.evaluation.evaluation_rollout(fitted.model, starts, recordings[0].times)
    # Both step by rk8 in float32, in other steps: over 3 s of a field of order 1, five digits stay.
    assert fitted.metrics["coordinate_mse"] == pytest.approx(np.mean((path - truth) ** 2), rel=1e-4)
    assert 0 <= fitted.metrics["valid_prediction_time"] <= 3


def test_where_the_truth_is_unknown_a_rollout_begins_where_it_fits_best():
    times = np.linspace(0, 2, 30)
    truth = np.stack([np.cos(times), -np.sin(times)], -1)
    noisy = data.Recordings.from_arrays(times, truth + 0.05 * np.random.default_rng(0).standard_normal([4, 30, 2]))
    found = hnn_tf.fit(noisy, test=noisy[:1], model=CLOSED_FORMS[0], objective="trajectory", progress=False)
    # The noise's variance is 0.0025; of sixty readings it has a standard deviation of sqrt(2 / 60), 18 % of it.
    assert found.metrics["coordinate_mse"] == pytest.approx(0.0025, rel=4 * 0.18)


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


def test_of_wider_states_the_coordinates_are_drawn(tmp_path):
    states = np.random.default_rng(0).standard_normal([5, 10, 4])
    recordings = data.Recordings.from_arrays(np.linspace(0, 1, 10), states)
    found = hnn_tf.fit(recordings, model=SMALL, objective="one_step", training=FEW, progress=False)
    found.draw(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"coordinates.png", "coordinate_error.png"}


def test_the_simplest_model_is_kept_that_is_as_good():
    found = hnn_tf.fit(_swings(count=15), model=CLOSED_FORMS, objective="trajectory", progress=False)
    assert found.model.name == "random_features"
    assert set(found.comparison) == {"random_features", "random_features_friction"}
    assert found.comparison["random_features"] == found.result.losses


# Of 15 recordings several are held out to choose on, of 6 only one.
@pytest.mark.parametrize("count", [15, 6])
def test_friction_is_found_where_there_is_some(count):
    times, friction, rng = np.linspace(0, 6, 60), 0.2, np.random.default_rng(0)
    # x'' = -x - 0.2 x', whose solution is known.
    rate, omega, phase = friction / 2, np.sqrt(1 - friction**2 / 4), rng.uniform(0, 2 * np.pi, [count, 1])
    x = np.exp(-rate * times) * np.cos(omega * times + phase)
    v = -rate * x - omega * np.exp(-rate * times) * np.sin(omega * times + phase)
    states = np.stack([x, v], -1) + 0.02 * rng.standard_normal([count, 60, 2])
    recordings = data.Recordings.from_arrays(times, states)
    found = hnn_tf.fit(recordings, model=CLOSED_FORMS, objective="trajectory", progress=False)
    assert found.model.name == "random_features_friction"
    # At least 240 readings with a noise of 0.02, of states of about 0.5 that lose half of it: known to some 0.004.
    assert found.metrics["friction"] == pytest.approx(friction, abs=0.02)


@pytest.mark.parametrize(
    ("width", "derivatives", "objective", "models"),
    [
        (2, True, "combined", ["random_features", "random_features_friction"]),
        (6, False, "trajectory", ["random_features", "random_features_friction"]),
        (8, True, "derivative", ["hnn", "hnn_friction"]),
        (8, False, "one_step", ["hnn", "hnn_friction"]),
    ],
)
def test_what_is_chosen_depends_on_what_was_observed(width, derivatives, objective, models):
    states = np.random.default_rng(0).standard_normal([3, 5, width])
    recordings = data.Recordings.from_arrays(np.arange(5), states, time_derivatives=states if derivatives else None)
    options = fitting._objective_options(None, recordings)
    assert options.objective == objective
    assert fitting._choices(None, objectives.new_objective(options), recordings) == models


@pytest.mark.parametrize(
    "objective", ["derivative", "one_step", "weak", hnn_tf.ObjectiveOptions("trajectory", huber=3)]
)
def test_where_there_is_no_closed_form_networks_are_tried(recordings, objective):
    options = fitting._objective_options(objective, recordings)
    assert fitting._choices(None, objectives.new_objective(options), recordings) == ["hnn", "hnn_friction"]


@pytest.mark.slow
def test_without_any_choice_a_pendulum_is_learned(recordings):
    found = hnn_tf.fit(recordings, progress=False)
    assert (found.model.name, found.result.objective.name) == ("random_features", "combined")
    assert set(found.comparison) == {"random_features", "random_features_friction"}
    assert found.metrics["coordinate_mse"] < 1e-3  # of a noise of 0.01, averaged over some 1400 readings


def test_a_model_of_ones_own_is_trained(recordings):
    model = hnn_tf.HamiltonianNetwork(keras.Sequential([keras.layers.Dense(4, "tanh"), keras.layers.Dense(1)]))
    model.build([None, 2])
    before = [weight.numpy() for weight in model.weights]
    assert _fit(recordings, model=model).model is model
    assert any(np.any(weight.numpy() != old) for weight, old in zip(model.weights, before, strict=True))


def test_a_start_that_is_no_closed_form_is_followed_by_the_objectives_steps(recordings, monkeypatch):
    monkeypatch.setattr(warm_start, "_STEPS", 3)
    closed = hnn_tf.fit(recordings[:6], model="hnn", objective="trajectory", progress=False)
    other = hnn_tf.fit(recordings[:6], model=ModelOptions("baseline", (8,)), objective="trajectory",
                       training=TrainingOptions(steps=4), progress=False)  # fmt: skip
    assert (closed.result.steps, other.result.steps) == (0, 4)
    assert fitting._chosen_training(other.data.objective, [other.model], recordings) == TrainingOptions()


def test_a_fit_that_was_broken_off_goes_on(recordings, tmp_path, monkeypatch):
    options = {"training": TrainingOptions(steps=120)}
    expected, run_towards = _fit(recordings, **options), ShortCalls.run_towards

    def broken(self, end):
        if self._loop.step >= 60:
            raise RuntimeError("killed")
        return run_towards(self, end)

    monkeypatch.setattr(checkpoint, "_SECONDS_BETWEEN_SAVES", 0.0)
    with monkeypatch.context() as patched:
        patched.setattr(ShortCalls, "run_towards", broken)
        with pytest.raises(RuntimeError, match="killed"):
            _fit(recordings, folder=tmp_path, **options)
    taken = []

    def counted(self, end):
        before = self._loop.step
        loss = run_towards(self, end)
        taken.append(self._loop.step - before)
        return loss

    monkeypatch.setattr(ShortCalls, "run_towards", counted)
    assert _fit(recordings, folder=tmp_path, **options).metrics == expected.metrics
    assert 0 < sum(taken) <= 60  # and not all 120


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"training": TrainingOptions(steps=21)}, "training"),
        ({"model": ModelOptions("hnn", hidden_units=(8, 8), activation="softplus")}, "model"),
        ({"model": ModelOptions("hnn", hidden_units=(8, 8), time_reversible=True)}, "model"),
        ({"model": ModelOptions("hnn", hidden_units=(8, 8), precision="float64")}, "model"),
        ({"objective": hnn_tf.ObjectiveOptions("one_step", integrator="rk8")}, "objective"),
        ({"objective": hnn_tf.ObjectiveOptions("one_step", substeps=3)}, "objective"),
    ],
)
def test_a_checkpoint_of_another_fit_is_refused(recordings, tmp_path, changes, part):
    _fit(recordings, objective="one_step", folder=tmp_path)
    with pytest.raises(
        InputError, match=rf"model_1\.npz: expected a checkpoint of this fit; it is one of another {part}"
    ):
        _fit(recordings, **({"objective": "one_step"} | changes), folder=tmp_path)


def test_a_model_of_ones_own_goes_on_though_keras_numbers_its_name(recordings, tmp_path):
    for _ in "ab":
        keras.utils.set_random_seed(0)
        own = hnn_tf.HamiltonianNetwork(hnn_tf.MLPHamiltonian(hidden_units=(4,)))
        found = _fit(recordings, model=own, folder=tmp_path)
    assert [path.name for path in (tmp_path / "checkpoints").iterdir()] == ["model_1.npz"]
    assert found.result.steps == 20


def test_validation_readings_do_not_touch_the_estimated_derivatives_of_training(recordings):
    options = hnn_tf.ObjectiveOptions("derivative", derivatives="smoothing_spline")
    training = TrainingOptions(steps=1, validation_fraction=0.2)
    other = [np.array(each.states) for each in recordings[:10]]
    other[9] += 1.0  # of those held out
    changed = data.Recordings.from_arrays(recordings[0].times, other)
    columns = [
        hnn_tf.fit(
            each, test=recordings[10:12], model=SMALL, objective=options, training=training, progress=False
        ).data.train
        for each in (recordings[:10], changed)
    ]
    for name in ("state", "time_derivative"):
        np.testing.assert_array_equal(columns[0][name], columns[1][name])


def test_numpys_numbers_are_plain_ones():
    options = TrainingOptions(steps=np.int64(2), learning_rate=np.float32(0.5), seed=np.int32(1))
    assert [type(value) for value in (options.steps, options.learning_rate, options.seed)] == [int, float, int]
    assert ModelOptions(hidden_units=np.array([4, 4])).hidden_units == (4, 4)
    for wrong in ({"steps": np.array([3, 4])}, {"steps": 2.0}, {"steps": True}, {"learning_rate": "1"}):
        with pytest.raises(OptionError, match="expected a"):
            TrainingOptions(**wrong)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"model": "hmm"}, "model='hmm': expected one of baseline, hnn"),
        ({"model": []}, "model: expected at least one"),
        ({"model": ["hnn", "hnn"]}, "model: expected models of different names"),
        ({"objective": "hmm"}, "objective='hmm': expected one of combined, derivative"),
        ({"model": "random_features", "objective": "one_step"}, "has no closed form for objective='one_step'; take"),
        (
            {"objective": hnn_tf.ObjectiveOptions("derivative", huber=3.0)},
            "huber=3.0: objective='derivative' has no use",
        ),
        ({"training": TrainingOptions(steps=0)}, "steps=0: leaves the model as it begins"),
        ({"objective": hnn_tf.ObjectiveOptions("one_step", integrator="leapfrog")}, "leapfrog"),
        ({"model": ModelOptions("baseline", time_reversible=True)}, "is of a Hamiltonian, and model='baseline'"),
    ],
)
def test_what_cannot_be_fitted_is_refused_in_one_line(recordings, changes, message):
    with pytest.raises(ValueError, match=message) as refused:
        _fit(recordings, **changes)
    assert "\n" not in str(refused.value)


def test_parts_that_do_not_belong_together_are_refused(recordings):
    wide = data.Recordings.from_arrays(np.arange(30), np.zeros([30, 4]))
    few = data.Recordings.from_arrays(np.arange(5), np.zeros([5, 2]))
    underived = data.Recordings.from_arrays(np.arange(30), np.zeros([30, 2]))
    own = hnn_tf.BaselineNetwork(hidden_units=(4,))
    own.build([None, 6])
    for arguments, message in (
        ({"test": wide}, "test: expected states of 2 numbers as in recordings; received 4"),
        ({"test": underived}, "test: expected time derivatives"),
        ({"model": own, "objective": "derivative"}, "model: expected one that takes states of 2 numbers"),
        ({"objective": LatentMatching()}, "expects those of frames, hnn_tf.data.FrameRecordings; received Recordings"),
    ):
        with pytest.raises(InputError, match=message):
            hnn_tf.fit(recordings, **({"model": SMALL, "training": FEW} | arguments))
    with pytest.raises(InputError, match="a single one of at least 20 readings"):
        hnn_tf.fit(few)


def test_recordings_of_frames_need_their_own_model_and_objective():
    frames = data.FrameRecordings(np.zeros([5, 4, 2, 2, 2], np.float32))
    with pytest.raises(InputError, match="objective: expected one for recordings of frames"):
        hnn_tf.fit(frames, model=SMALL, training=FEW)
    with pytest.raises(InputError, match="model: expected a built LatentHamiltonianNetwork"):
        hnn_tf.fit(frames, model=SMALL, objective=LatentMatching(), training=FEW)


def test_an_option_is_named_as_python_or_as_a_command_has_it():
    error = OptionError("{steps}: no; leave {huber:only} out, or give {nope}", steps=3, huber=1.0, nope=False)
    assert str(error) == "steps=3: no; leave huber out, or give nope=False"
    assert error.as_flags() == "--steps=3: no; leave --huber out, or give --nonope"


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
