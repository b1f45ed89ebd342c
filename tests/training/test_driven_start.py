"""Trainings of models with inputs begin at the gains that a closed form finds, or end there."""

import functools

import numpy as np
import pytest
import tensorflow as tf

import hnn_tf
from hnn_tf import (
    HamiltonianNetwork,
    InputError,
    LinearFriction,
    LinearInput,
    MLPHamiltonian,
    MLPInput,
    ModelOptions,
    RandomFeatureHamiltonian,
    data,
    fit_choices,
    objectives,
    systems,
    warm_start,
)
from hnn_tf.export import export_model
from hnn_tf.input_error import OptionError
from hnn_tf.training.standard_errors import standard_errors
from hnn_tf.training.start import begin, check_closed_form
from hnn_tf.training.warm_start import begins_in_closed_form

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")  # Keras' own

DAMPING = 0.3


@functools.cache
def _recordings(seed, *, damping=DAMPING, count=6, noise_std=0.02):
    """Readings of a pendulum under torques that change every half second."""
    rng, times = np.random.default_rng(seed), 0.1 * np.arange(41)
    torques = np.repeat(3.0 * rng.normal(size=[count, 9, 1]), 5, 1)[:, :41]
    found = data.generate_trajectories(
        systems.DrivenPendulum(damping=damping),
        rng.uniform(-1.5, 1.5, [count, 2]),
        times,
        noise_std=noise_std,
        rng=rng,
        inputs=torques,
    )
    return data.Recordings.from_trajectories(found, angles=[0])


def _numbers():
    """Recordings of three numbers each, which are no motion."""
    states, inputs = np.random.default_rng(0).normal(size=[2, 3, 3, 2])
    return data.Recordings.from_arrays(np.arange(3), states, inputs=inputs[..., :1])


def _network(hamiltonian, dissipation=None, control=None):
    model = HamiltonianNetwork(hamiltonian, dissipation, control or LinearInput(1))
    model.build([None, 2])
    return model


def _features(num_features=6):
    return RandomFeatureHamiltonian(num_features=num_features, periodic=(0,))


def test_only_inputs_with_constant_gains_begin_in_closed_form():
    small = MLPHamiltonian(hidden_units=[4])
    assert begins_in_closed_form(_network(small), width=2)
    assert begins_in_closed_form(_network(small, control=LinearInput(gains=[[1.0]])), width=2)
    assert not begins_in_closed_form(_network(small, control=MLPInput(1)), width=2)


def test_closed_forms_are_compared_for_recordings_with_inputs():
    for objective, expected in (
        (objectives.TrajectoryMatching(), fit_choices.CLOSED_FORMS),
        (objectives.OneStep(), fit_choices.NETWORKS),
    ):
        assert fit_choices.models(None, objective, _numbers()) == list(expected)


def test_features_whose_inputs_have_other_gains_are_refused_in_one_line():
    model, objective = _network(_features(), control=MLPInput(1)), objectives.TrajectoryMatching()
    with pytest.raises(OptionError, match="takes inputs with constant gains; leave control out") as refused:
        check_closed_form(model, objective, width=2)
    assert "\n" not in str(refused.value)
    with pytest.raises(InputError, match="LinearInput or no inputs, to fit random features to trajectories"):
        warm_start(model, objective, objective.samples_of(_numbers()))
    driven = _network(_features(), LinearFriction())
    with pytest.raises(OptionError, match="has no closed form for objective='weak'; take combined, trajectory"):
        check_closed_form(driven, objectives.WeakForm(), width=2)


@pytest.mark.parametrize("objective", [objectives.WeakForm(), objectives.DerivativeMatching()])
def test_a_solve_is_the_whole_training_of_features_with_inputs(objective):
    model, recordings = _network(_features()), _recordings(1, damping=0.0, noise_std=0.001)
    check_closed_form(model, objective, width=2)
    began = begin(model, objective, objective.samples_of(recordings))
    assert began.is_whole
    assert set(began.standard_errors) == {"input_gain_std"}
    # 1 % of the gain for the quadrature of the weak form, whose intervals are a tenth of a second.
    assert model.physical_parameters()["input_gain"] == pytest.approx(1.0, abs=0.01)


def test_standard_errors_have_the_names_of_their_parameters():
    control, friction = LinearInput(2), LinearFriction()
    model = HamiltonianNetwork(MLPHamiltonian(hidden_units=[4]), friction, control)
    model.build([None, 4])
    errors = standard_errors(model, gains=np.array([[1.0, 2.0], [3.0, 4.0]]), friction=5.0)
    assert errors["friction_std"] == 5.0
    control.assign_gains([[1.0, 2.0], [3.0, 4.0]])
    for name in ("input_gain_1_1", "input_gain_1_2", "input_gain_2_1", "input_gain_2_2"):
        assert errors[f"{name}_std"] == model.physical_parameters()[name]
    assert standard_errors(model, gains=None, friction=None) == {}


class _Reached(Exception):
    """The closed form is called, with the inputs and the gains of the arguments."""


def _reached(hamiltonian, samples, *, gains, **options):
    del hamiltonian, options
    raise _Reached(samples["inputs"], gains)


def _given_to_the_closed_form(hamiltonian, inputs, monkeypatch):
    monkeypatch.setattr("hnn_tf.training.warm_start.fit_trajectories", _reached)
    states, objective = np.random.default_rng(0).normal(size=[len(inputs), 3, 2]), objectives.TrajectoryMatching()
    samples = objective.samples_of(data.Recordings.from_arrays(np.arange(3), states, inputs=inputs))
    with pytest.raises(_Reached) as reached:
        warm_start(_network(hamiltonian, control=LinearInput(inputs.shape[-1])), objective, samples)
    return reached.value.args


@pytest.mark.parametrize("hamiltonian", [_features(), MLPHamiltonian(hidden_units=[4])], ids=["features", "network"])
def test_some_of_the_trajectories_in_which_inputs_act_are_fitted(hamiltonian, monkeypatch):
    monkeypatch.setattr("hnn_tf.training.warm_start.MOST_OBSERVATIONS", 2 * 3)
    inputs = np.zeros([4, 3, 2])
    inputs[1:3, 1, 0], inputs[3, 1, 1] = 1.0, 2.0
    used, gains = _given_to_the_closed_form(hamiltonian, inputs, monkeypatch)
    np.testing.assert_array_equal(used, inputs[[1, 3]])
    assert gains.idle == ()


def test_a_network_starts_without_the_gains_of_inputs_that_never_act(monkeypatch):
    inputs = np.zeros([4, 3, 2])
    assert _given_to_the_closed_form(MLPHamiltonian(hidden_units=[4]), inputs, monkeypatch)[1].idle == (0, 1)
    objective = objectives.TrajectoryMatching()
    samples = objective.samples_of(_numbers())
    samples |= {name: 0.0 * samples[name] for name in ("inputs", "end_inputs")}
    with pytest.raises(InputError, match="that are always 0"):
        warm_start(_network(_features()), objective, samples)


@pytest.mark.slow
def test_a_network_starts_at_the_fitted_gain_and_imitates_the_driven_motion(monkeypatch):
    monkeypatch.setattr("hnn_tf.training.warm_start._NUM_FEATURES", 6)
    objective, recordings = objectives.TrajectoryMatching(segments=2), _recordings(2)
    model, samples = _network(MLPHamiltonian(hidden_units=[32, 32]), LinearFriction()), objective.samples_of(recordings)
    began = warm_start(model, objective, samples, periodic=(0,), steps=0)
    found = model.physical_parameters()
    assert found["input_gain"] == pytest.approx(began.fit.gains.item(), rel=1e-6)  # float32
    assert found["input_gain"] == pytest.approx(1.0, abs=0.03)
    assert found["friction"] == pytest.approx(DAMPING, abs=0.03)
    assert began.objective.noise_std == pytest.approx([0.02, 0.02], rel=0.3)
    assert began.objective.substeps >= 1
    warm_start(model, objective, samples, periodic=(0,))
    states, inputs, truth = (recordings.joined(name) for name in ("true_states", "inputs", "time_derivatives"))
    error = model(tf.constant(states, tf.float32), inputs=tf.constant(inputs, tf.float32)).numpy() - truth
    # Of derivatives of about 6, of which the torques are 3.
    assert np.sqrt(np.mean(error**2)) < 0.3
    assert model.physical_parameters()["input_gain"] == pytest.approx(1.0, abs=0.1)


@pytest.fixture(scope="module")
def fitted():
    choices = [ModelOptions(name, (6,), control="linear") for name in fit_choices.CLOSED_FORMS]
    return hnn_tf.fit(_recordings(3, count=8), model=choices, progress=False)


@pytest.mark.slow
def test_friction_and_gain_of_the_chosen_closed_form_are_found_with_their_errors(fitted, tmp_path):
    assert fitted.model.name == "random_features_friction"
    assert set(fitted.comparison) == set(fit_choices.CLOSED_FORMS)
    for name, truth in (("friction", DAMPING), ("input_gain", 1.0)):
        assert abs(fitted.metrics[name] - truth) < 4 * fitted.metrics[f"{name}_std"] < 0.03 * 4
    fitted.save(tmp_path)
    assert '"input_gain_std"' in (tmp_path / "metrics.json").read_text()


@pytest.mark.slow
def test_a_fit_with_inputs_is_an_ordinary_network(fitted, tmp_path):
    export_model(fitted, tmp_path / "served")
    (version,) = (tmp_path / "served").iterdir()
    served = tf.saved_model.load(version).signatures["time_derivative"]
    state, inputs = tf.constant([[0.5, -0.2], [1.0, 0.3]]), tf.constant([[1.0], [-2.0]])
    expected = fitted.model(state, inputs=inputs)
    # Both compute in float32, and sums of features lose digits.
    np.testing.assert_allclose(served(state=state, inputs=inputs)["time_derivative"], expected, atol=1e-4)


@pytest.mark.slow
def test_the_fitted_energy_is_constant_without_friction_and_inputs(fitted):
    times, state = np.linspace(0.0, 10.0, 101), np.array([1.2, 0.0])
    damped = fitted.rollout(state, times, inputs=np.zeros([101, 1]))
    friction = float(fitted.model.dissipation.coefficient[0])
    fitted.model.dissipation.assign_coefficient(0.0)
    free = fitted.rollout(state, times, inputs=np.zeros([101, 1]))
    fitted.model.dissipation.assign_coefficient(friction)
    energies = [fitted.model.hamiltonian(tf.constant(path, tf.float32)).numpy() for path in (free, damped)]
    spreads = [np.ptp(energy) / np.ptp(energies[1]) for energy in energies]
    assert spreads[0] < 1e-4  # float32, whose energies of features have four digits
    assert spreads[1] == 1.0
