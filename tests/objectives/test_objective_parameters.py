"""Objectives of recordings with parameters."""

import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf
from pendulum_family import PENDULUMS, recordings

from hnn_tf import HamiltonianNetwork, InputError, LinearInput, MLPHamiltonian, objectives
from hnn_tf.data import Recordings
from hnn_tf.objectives.chosen_substeps import with_chosen_substeps
from hnn_tf.training.training_loop import TrainingLoop

# The objectives of forces have their own test, in test_dynamics_matching.py.
KINDS = sorted(name for name, kind in objectives.OBJECTIVES.items() if not kind.sees_velocities)
SLOW = [pytest.param(kind, marks=[pytest.mark.slow] * (kind != "derivative")) for kind in KINDS]


def _columns(objective, data):
    return {name: tf.constant(column) for name, column in objective.samples_of(data).items()}


def _model(control=None, dtype="float64"):
    model = HamiltonianNetwork(
        MLPHamiltonian(hidden_units=[4], num_parameters=2, dtype=dtype),
        control=None if control is None else control(1, dtype=dtype),
    )
    model.build([None, 2])
    return model


# The loss of the true motion is the square of the error of 20 fourth-order steps of 0.1, about 1e-6, and of the
# integrals of the weak form, about 1e-6. With the parameters of another recording, it is more, even over
# one step of 0.1.
@pytest.mark.parametrize("driven", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_the_true_motion_has_almost_no_loss(kind, driven):
    objective, data = objectives.OBJECTIVES[kind](), recordings(driven=driven)
    columns = _columns(objective, data)
    assert float(objective.loss(PENDULUMS, columns)) < 1e-5
    wrong = columns | {"parameters": columns["parameters"][::-1]}
    assert float(objective.loss(PENDULUMS, wrong)) > 1e-4


def test_recordings_of_other_lengths_keep_their_parameters():
    data = recordings()
    cut = dataclasses.replace(data, recordings=(data[0], data[1].between(0, 5), data[2].between(3, 20)))
    for kind in ("derivative", "one_step"):
        objective = objectives.OBJECTIVES[kind]()
        assert float(objective.loss(PENDULUMS, _columns(objective, cut))) < 1e-5
    windows = data.windows(11)
    np.testing.assert_array_equal([each.parameters for each in windows], np.repeat(data.stacked("parameters"), 2, 0))


@pytest.mark.parametrize("kind", SLOW)
def test_a_model_trains_on_parameters_in_pieces_and_batches(kind):
    objective, data = objectives.OBJECTIVES[kind](), recordings()
    keras.utils.set_random_seed(0)
    model = _model(dtype="float32")
    loop = TrainingLoop(model, objective, keras.optimizers.Adam(1e-2), objective.samples_of(data), batch_size=2)
    first = loop.loss()
    kernel = model.hamiltonian.mlp.weights[0].numpy()
    loop.run(5)
    assert loop.loss() < first
    assert np.all(model.hamiltonian.mlp.weights[0].numpy()[2:] != kernel[2:])  # the rows of the parameters


@pytest.mark.parametrize("kind", KINDS)
def test_models_and_samples_that_do_not_fit_are_refused(kind):
    objective, data = objectives.OBJECTIVES[kind](), recordings()
    columns, model = _columns(objective, data), _model()
    plain = HamiltonianNetwork(MLPHamiltonian(hidden_units=[4], dtype="float64"))
    plain.build([None, 2])
    with pytest.raises(InputError, match="takes no parameters; leave the parameters out"):
        objective.loss(plain, columns)
    without = {name: column for name, column in columns.items() if name != "parameters"}
    with pytest.raises(InputError, match="expected parameters of width 2; received none"):
        objective.loss(model, without)
    with pytest.raises(InputError, match="expected parameters of width 2; received shape"):
        objective.loss(model, columns | {"parameters": columns["parameters"][:, :1]})
    with pytest.raises(InputError, match="expected inputs of width 1; received none"):
        objective.loss(_model(LinearInput), columns)


@pytest.mark.parametrize("of", ["parameters", "inputs"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_keras_model_that_would_ignore_them_is_refused(kind, of):
    objective = objectives.OBJECTIVES[kind]()
    columns = _columns(objective, recordings(driven=True))
    columns.pop({"parameters": "inputs", "inputs": "parameters"}[of])
    model = keras.Sequential([keras.Input([2]), keras.layers.Dense(2)], name="stock")
    with pytest.raises(InputError, match=f"stock: expected a method call.state, {of}=None.*; its call takes no {of}"):
        objective.loss(model, columns)


def test_an_objective_without_the_column_refuses_parameters():
    class Own(objectives.DerivativeMatching):
        name, input_columns = "own", ("inputs",)

    with pytest.raises(InputError, match="objective 'own': takes no parameters; give recordings without parameters"):
        Own().samples_of(recordings(driven=True))


@pytest.mark.parametrize("driven", [False, True])
def test_initial_states_are_estimated_at_the_parameters(driven):
    objective = objectives.TrajectoryMatching(substeps=2)
    samples = objective.samples_of(recordings(driven=driven))
    disturbed = samples | {"initial_state": samples["initial_state"] + 0.1}
    found = objective.validation_samples(PENDULUMS, disturbed)["initial_state"]
    # The error of 40 fourth-order steps of 0.05 is about 1e-6.
    np.testing.assert_allclose(found, samples["initial_state"], rtol=0, atol=2e-5)


@pytest.mark.parametrize("kind", ["one_step", pytest.param("trajectory", marks=pytest.mark.slow)])
def test_substeps_are_chosen_and_measured(kind):
    objective = objectives.OBJECTIVES[kind]()
    samples = objective.samples_of(recordings())
    chosen = with_chosen_substeps(objective, samples)
    assert chosen.substeps >= 1
    assert np.isfinite(chosen.integration_error(PENDULUMS, samples))


def test_recordings_name_their_parameters():
    data = recordings()
    assert (data.num_parameters, data.parameter_names) == (2, ("inertia", "gravity torque"))
    low, high = np.transpose(data.parameter_ranges)
    np.testing.assert_array_equal([low, high], [f(data.stacked("parameters"), 0) for f in (np.min, np.max)])
    unnamed = Recordings.from_arrays([0.0, 1.0], np.zeros([1, 2, 2]), parameters=[[1.0, 2.0]])
    assert (unnamed.parameter_names, unnamed.parameter_units) == (("theta1", "theta2"), ("", ""))
    assert Recordings.from_arrays([0.0, 1.0], np.zeros([2, 2])).parameter_ranges == ()
    table = {"t": [0.0, 1.0], "q": [0.0, 0.0], "p": [0.0, 0.0], "mass": [2.0, 2.0]}
    of_table = Recordings.from_pandas(
        table, time="t", positions=["q"], momenta=["p"], parameters=["mass"], parameter_units=("kg",)
    )
    assert (of_table.parameter_names, of_table.parameter_units) == (("mass",), ("kg",))
    with pytest.raises(InputError, match="parameter_names: expected 2 texts, one for each number of the parameters"):
        Recordings.from_arrays([0.0, 1.0], np.zeros([1, 2, 2]), parameters=[[1.0, 2.0]], parameter_names=["mass"])
