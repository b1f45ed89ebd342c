"""Fits to recordings of several parameters, and what they refuse."""

import dataclasses
import itertools
import json

import keras
import numpy as np
import pytest
from pendulum_family import recordings

import hnn_tf
from hnn_tf import (
    HamiltonianNetwork,
    InputError,
    MLPHamiltonian,
    ModelOptions,
    OptionError,
    TrainingLoop,
    TrainingOptions,
    models,
    objectives,
    systems,
)
from hnn_tf.data import generate_recordings

# Keras' own, with NumPy 2, when it saves a model.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")

SMALL = ModelOptions("hnn", hidden_units=(4,))
FEW = TrainingOptions(steps=3)


def _fit(data, **changes):
    arguments = {"model": SMALL, "objective": "derivative", "training": FEW, "progress": False} | changes
    return hnn_tf.fit(data, **arguments)


def _told_nothing(data):
    return dataclasses.replace(
        data,
        recordings=tuple(dataclasses.replace(each, parameters=None) for each in data),
        parameter_names=(),
        parameter_units=(),
    )


def _at(data, parameters):
    """The recordings with other parameters."""
    pairs = zip(data, np.asarray(parameters, float), strict=True)
    return dataclasses.replace(
        data, recordings=tuple(dataclasses.replace(each, parameters=theta) for each, theta in pairs)
    )


@pytest.fixture(scope="module")
def fitted():
    data, theta = recordings(count=6), recordings(count=6).stacked("parameters")
    # Of the three test recordings, two have parameters within the ranges of the other recordings.
    low, high = theta[:3].min(0), theta[:3].max(0)
    return _fit(data[:3], test=_at(data[3:], [low, (low + high) / 2, high + [0.0, 0.1]]))


def test_the_model_is_told_the_parameters(fitted):
    assert (fitted.model.num_parameters, fitted.model.built) == (2, True)
    ranges = np.array(fitted.model.hamiltonian.get_config()["parameter_ranges"])
    np.testing.assert_array_equal(ranges, fitted.recordings.parameter_ranges)
    assert fitted.data.train["parameters"].shape == (3 * 21, 2)


def test_interpolation_and_extrapolation_are_measured_apart(fitted):
    found = fitted.metrics
    inside, outside = (found[f"{name}_coordinate_mse"] for name in ("interpolation", "extrapolation"))
    assert found["coordinate_mse"] == pytest.approx((2 * inside + outside) / 3, rel=1e-12)
    assert inside != outside


@pytest.mark.slow
def test_rollouts_take_parameters_of_each_state(fitted):
    states, theta = fitted.test.stacked("states")[:, 0], fitted.test.stacked("parameters")
    together = fitted.rollout(states, [0.0, 0.5, 1.0], parameters=theta)
    for state, own, path in zip(states, theta, together, strict=True):
        # float32, through some thirty evaluations.
        np.testing.assert_allclose(fitted.rollout(state, [0.0, 0.5, 1.0], parameters=own), path, rtol=0, atol=2e-5)
    with pytest.raises(InputError, match="hnn: expected parameters of width 2; received none; give parameters=..."):
        fitted.rollout(states[0], [0.0, 1.0])
    with pytest.raises(InputError, match=r"parameters: expected shape \[k\], or \[3\] \+ \[k\]"):
        fitted.rollout(states, [0.0, 1.0], parameters=theta[:2])


def test_a_run_tells_its_parameters_and_draws_at_them(fitted, tmp_path):
    fitted.save(tmp_path)
    document = json.loads((tmp_path / "metrics.json").read_text())
    ranges = [list(each) for each in fitted.recordings.parameter_ranges]
    assert document["system_parameters"] == {
        "names": ["inertia", "gravity torque"],
        "units": ["kg m²", "N m"],
        "ranges": ranges,
    }
    assert "interpolation_coordinate_mse" in document["metrics"]
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    state, theta = fitted.test[0].states[:2], fitted.test[0].parameters
    np.testing.assert_array_equal(loaded(state, parameters=theta), fitted.model(state, parameters=theta))


def test_a_run_is_described_as_the_recordings_to_learn_from(fitted):
    other = dataclasses.replace(fitted.test, parameter_names=("a", "b"), state_names=("c", "d"))
    measured = dataclasses.replace(fitted, test=other)
    vars(measured)["metrics"] = fitted.metrics
    assert measured.record() == fitted.record()


@pytest.mark.slow
def test_figures_are_those_at_the_drawn_parameters(fitted, tmp_path):
    fitted.draw(tmp_path)
    names = ["coordinate_error.png", "coordinates.png", "hamiltonian.png", "phase_portrait.png"]
    assert sorted(path.name for path in tmp_path.iterdir()) == names


@pytest.mark.slow
def test_noisy_recordings_are_followed_from_estimated_states():
    data = recordings(count=4)
    unknown = dataclasses.replace(data, recordings=tuple(dataclasses.replace(each, true_states=None) for each in data))
    assert _fit(unknown, model="baseline", training=FEW).metrics["coordinate_mse"] > 0


@pytest.mark.slow
@pytest.mark.parametrize("objective", ["one_step", "trajectory", "combined", "weak"])
def test_every_objective_is_fitted(objective):
    own = HamiltonianNetwork(MLPHamiltonian(hidden_units=[4], num_parameters=2), name="own")
    found = _fit(recordings(count=4, driven=False), model=own, objective=objective)
    assert np.isfinite(found.metrics["test_loss"])


@pytest.mark.slow
def test_a_mechanical_model_learns_how_masses_act():
    data, objective = recordings(count=9), objectives.DerivativeMatching()
    options = {"width": 2, "parameter_ranges": data.parameter_ranges}
    model = models.new_model(ModelOptions("mechanical", hidden_units=(8,)), **options)
    TrainingLoop(model, objective, keras.optimizers.Adam(0.03), objective.samples_of(data)).run(150)
    masses = model.hamiltonian.mass_matrix(np.zeros([2, 1]), parameters=[[0.6, 1.5], [1.4, 1.5]]).numpy()[:, 0, 0]
    # The errors of this short training are 0.03. A model that is not told the masses would have the same M for both.
    np.testing.assert_allclose(masses, [0.6, 1.4], rtol=0, atol=0.12)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "objective"),
    [
        ("mechanical_friction", "one_step"),
        ("mechanical_friction", "trajectory"),
        ("mechanical_velocity", "derivative"),
        ("mechanical_velocity", "weak"),
    ],
)
def test_mechanical_models_are_fitted_by_every_objective(name, objective):
    found = _fit(recordings(count=4), model=ModelOptions(name, hidden_units=(4,)), objective=objective)
    assert np.isfinite(found.metrics["test_loss"])


@pytest.mark.slow
def test_networks_are_compared_by_default():
    found = hnn_tf.fit(recordings(count=10), objective="derivative", training=FEW, progress=False)
    assert set(found.comparison) == {"hnn", "hnn_friction"}


def _plain():
    model = HamiltonianNetwork(MLPHamiltonian(hidden_units=[4]), name="plain")
    model.build([None, 2])
    return model


def _narrow():
    return HamiltonianNetwork(MLPHamiltonian(hidden_units=[4], num_parameters=1), name="narrow")


class _Unaware(keras.Model):
    def call(self, state):
        return state


class _Failing(keras.Model):
    def call(self, state, parameters=None):
        del state, parameters
        raise TypeError("two\nlines")


def _renamed(**names):
    return lambda: dataclasses.replace(recordings(), **names)


REFUSED = {
    "a model of ones own": (
        recordings,
        {"model": lambda: _Unaware(name="own")},
        "own: expected a method call.state, p",
    ),
    "a type that does not fit": (recordings, {"model": _Failing}, "model: expected a model of states of 2 numbers, 0"),
    "inputs of a stock model": (
        lambda: _told_nothing(recordings(driven=True)),
        {"model": lambda: keras.Sequential([keras.Input([2]), keras.layers.Dense(2)], name="stock")},
        "stock: expected a method call.state, inputs=None.",
    ),
    "another order": (
        recordings,
        {"test": _renamed(parameter_names=("gravity torque", "inertia"))},
        r"test: expected parameter_names \['inertia', 'gravity torque'\] as in recordings; received \['gravity torque'",
    ),
    "states of other names": (recordings, {"test": _renamed(state_names=("p", "q"))}, "test: expected state_names"),
    "a model without": (recordings, {"model": "lagrangian"}, "model='lagrangian': takes no parameters; take hnn, "),
    "a closed form": (recordings, {"model": "random_features"}, "model='random_features': takes no parameters; take"),
    "a network without": (recordings, {"model": _plain}, "plain: takes no parameters; leave the parameters out"),
    "another width": (recordings, {"model": _narrow}, "narrow: expected parameters of width 1; received shape"),
    "missing": (
        lambda: _told_nothing(recordings()),
        {"model": _narrow},
        "narrow: expected parameters of width 1; received none",
    ),
    "a test without": (
        recordings,
        {"test": lambda: _told_nothing(recordings())},
        "test: expected 2 parameters as in recordings; received 0",
    ),
}


@pytest.mark.parametrize(("data", "options", "message"), REFUSED.values(), ids=REFUSED)
def test_what_does_not_fit_is_refused_in_one_line(data, options, message):
    options = {name: value() if callable(value) else value for name, value in options.items()}
    with pytest.raises((InputError, OptionError), match=message) as refused:
        _fit(data(), **options)
    assert "\n" not in str(refused.value)


# The experiment that parameters are for: pendulums of three masses, lengths and gravities each, and 50 others between.
BOX = np.array([[0.5, 1.5], [0.5, 1.0], [3.0, 4.0]])  # kg, m, m/s²


def _pendulum(mass, length, gravity):
    return systems.Pendulum(inertia=mass * length**2, gravity_torque=mass * gravity * length)


def _swings(theta, count, rng):
    angles, velocities = rng.uniform(-1.5, 1.5, [2, len(theta), count])
    states = np.stack([angles, velocities * (theta[:, 0] * theta[:, 1] ** 2)[:, np.newaxis]], -1)
    return generate_recordings(
        _pendulum, theta, states, np.linspace(0, 3, 16), parameter_names=["mass", "length", "gravity"], angles=[0]
    )


@pytest.mark.slow
def test_pendulums_between_the_trained_ones_are_predicted_as_well(rng):
    trained = np.array(list(itertools.product(*(np.linspace(*each, 3) for each in BOX))))
    data, seen = _swings(trained, 2, rng), _swings(trained, 1, rng)
    unseen = _swings(rng.uniform(*BOX.T, [50, 3]), 1, rng)
    options = {"model": ModelOptions("hnn", hidden_units=(48, 48)), "test": unseen}
    schedule = {"learning_rate": 5e-3, "learning_rate_schedule": "cosine"}
    told = _fit(data, training=TrainingOptions(steps=600, **schedule), **options)
    error = told.metrics["interpolation_coordinate_mse"]
    assert error == told.metrics["coordinate_mse"]
    assert error < 2 * dataclasses.replace(told, test=seen).metrics["coordinate_mse"]
    # Without theta, more steps are of no use: the motions of the same state differ.
    options["test"] = _told_nothing(unseen)
    untold = _fit(_told_nothing(data), training=TrainingOptions(steps=200, **schedule), **options)
    assert error < untold.metrics["coordinate_mse"] / 20
