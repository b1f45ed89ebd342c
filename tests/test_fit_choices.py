"""What the library's call chooses by itself, and what it refuses."""

import numpy as np
import pytest
from small_fits import CLOSED_FORMS, FEW, SMALL, fit, swings

import hnn_tf
from hnn_tf import ModelOptions, TrainingOptions, data, fit_choices, objectives
from hnn_tf.input_error import InputError, OptionError
from hnn_tf.objectives import LatentMatching
from hnn_tf.training import warm_start

# Keras' own, with NumPy 2, when it saves a model.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")


@pytest.fixture(scope="module")
def recordings():
    return swings()


@pytest.mark.slow
def test_the_simplest_model_is_kept_that_is_as_good():
    found = hnn_tf.fit(swings(count=15), model=CLOSED_FORMS, objective="trajectory", progress=False)
    assert found.model.name == "random_features"
    assert set(found.comparison) == {"random_features", "random_features_friction"}
    assert found.comparison["random_features"] == found.result.losses | found.result.evidence
    # Friction is a coefficient more, which the data of a pendulum without friction do not need.
    without, friction = (each["log_evidence"] for each in found.comparison.values())
    assert without > friction - 10


# Of 15 recordings several are held out to choose on, of 6 only one.


@pytest.mark.slow
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
    options = fit_choices.objective_options(None, recordings)
    assert options.objective == objective
    assert fit_choices.models(None, objectives.new_objective(options), recordings) == models


@pytest.mark.parametrize(
    "objective", ["derivative", "one_step", "weak", hnn_tf.ObjectiveOptions("trajectory", huber=3)]
)
def test_where_there_is_no_closed_form_networks_are_tried(recordings, objective):
    options = fit_choices.objective_options(objective, recordings)
    assert fit_choices.models(None, objectives.new_objective(options), recordings) == ["hnn", "hnn_friction"]


@pytest.mark.slow
def test_without_any_choice_a_pendulum_is_learned(recordings):
    found = hnn_tf.fit(recordings, progress=False)
    assert (found.model.name, found.result.objective.name) == ("random_features", "combined")
    assert set(found.comparison) == {"random_features", "random_features_friction"}
    assert found.metrics["coordinate_mse"] < 1e-3  # of a noise of 0.01, averaged over some 1400 readings


@pytest.mark.slow
def test_a_start_that_is_no_closed_form_is_followed_by_the_objectives_steps(recordings, monkeypatch):
    monkeypatch.setattr(warm_start, "_STEPS", 3)
    closed = hnn_tf.fit(recordings[:6], model="hnn", objective="trajectory", progress=False)
    other = hnn_tf.fit(recordings[:6], model=ModelOptions("baseline", (8,)), objective="trajectory",
                       training=TrainingOptions(steps=4), progress=False)  # fmt: skip
    assert (closed.result.steps, other.result.steps) == (0, 4)
    evidence = {name: value for name, value in closed.comparison["hnn"].items() if name.startswith("log_evidence")}
    assert set(evidence) == {"log_evidence_full", "log_evidence_full_even", "log_evidence_separable_even"}
    assert evidence == closed.result.evidence
    assert other.result.evidence == {}
    assert fit_choices.training_options(other.data.objective, [other.model], recordings) == TrainingOptions()


@pytest.mark.slow
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
        ({"model": "hmm"}, "model='hmm': expected one of baseline, constant_mass"),
        ({"model": []}, "model: expected at least one"),
        ({"model": 3}, "model: expected a name, hnn_tf.ModelOptions or a Keras model; received 3"),
        ({"objective": 3}, "objective: expected a name, hnn_tf.ObjectiveOptions or an objective; received 3"),
        ({"training": {"steps": 3}}, "training: expected hnn_tf.TrainingOptions; received {'steps': 3}"),
        ({"model": ["hnn", "hnn"]}, "model: expected models of different names"),
        ({"objective": "hmm"}, "objective='hmm': expected one of combined, derivative"),
        ({"model": "random_features", "objective": "one_step"}, "has no closed form for objective='one_step'; take"),
        (
            {"objective": hnn_tf.ObjectiveOptions("derivative", huber=3.0)},
            "huber=3.0: objective='derivative' does not use this option",
        ),
        ({"training": TrainingOptions(steps=0)}, "steps=0: expected at least one step"),
        ({"objective": hnn_tf.ObjectiveOptions("one_step", integrator="leapfrog")}, "leapfrog"),
        (
            {"model": ModelOptions("baseline", time_reversible=True)},
            "expected a model with a Hamiltonian; received model='baseline'",
        ),
    ],
)
def test_what_cannot_be_fitted_is_refused_in_one_line(recordings, changes, message):
    with pytest.raises(ValueError, match=message) as refused:
        fit(recordings, **changes)
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
        ({"model": own, "objective": "derivative"}, "model: expected a model of states of 2 numbers"),
        (
            {"objective": LatentMatching()},
            "expects recordings of frames, hnn_tf.data.FrameRecordings; received Recordings",
        ),
    ):
        with pytest.raises(InputError, match=message):
            hnn_tf.fit(recordings, **({"model": SMALL, "training": FEW} | arguments))
    with pytest.raises(InputError, match="a single one of at least 20 readings"):
        hnn_tf.fit(few)


def test_recordings_of_frames_need_their_own_model_and_objective():
    frames = data.FrameRecordings(np.zeros([5, 4, 2, 2, 2], np.float32))
    with pytest.raises(InputError, match="objective: expected an objective for recordings of frames"):
        hnn_tf.fit(frames, model=SMALL, training=FEW)
    with pytest.raises(InputError, match="model: expected a built LatentHamiltonianNetwork"):
        hnn_tf.fit(frames, model=SMALL, objective=LatentMatching(), training=FEW)


def test_an_option_is_named_as_python_or_as_a_command_has_it():
    error = OptionError("{steps}: no; leave {huber:only} out, or give {nope}", steps=3, huber=1.0, nope=False)
    assert str(error) == "steps=3: no; leave huber out, or give nope=False"
    assert error.as_flags() == "--steps=3: no; leave --huber out, or give --nonope"
