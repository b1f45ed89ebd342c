"""Objectives of recordings with inputs."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from driven_motion import driven_pendulum, recordings

from hnn_tf import HamiltonianNetwork, InputError, LinearInput, MLPHamiltonian, objectives
from hnn_tf.data import Recordings
from hnn_tf.training.training_loop import TrainingLoop

# The others read the inputs as forces; see test_dynamics_matching.py.
KINDS = sorted(name for name, kind in objectives.OBJECTIVES.items() if "inputs" in kind.input_columns)


def _columns(objective, data):
    return {name: tf.constant(column) for name, column in objective.samples_of(data).items()}


# The loss of the true motion is the square of the error of 20 fourth-order steps of 0.1, about 1e-5, and of the
# integrals of the weak form, about 1e-3. With wrong inputs, it is of order 0.1.
@pytest.mark.parametrize("interpolation", ["zero_order_hold", "linear"])
@pytest.mark.parametrize("kind", KINDS)
def test_the_true_motion_has_almost_no_loss(kind, interpolation):
    objective, data = objectives.OBJECTIVES[kind](), recordings(interpolation)
    assert float(objective.loss(driven_pendulum, _columns(objective, data))) < 1e-5
    other = "linear" if interpolation == "zero_order_hold" else "zero_order_hold"
    if kind != "derivative":  # which reads the inputs at the readings only
        wrong = Recordings.from_arrays(
            *(data.stacked(name) for name in ("times", "states")),
            time_derivatives=data.stacked("time_derivatives"),
            inputs=data.stacked("inputs"),
            input_interpolation=other,
        )
        assert float(objective.loss(driven_pendulum, _columns(objective, wrong))) > 1e-3


@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=[pytest.mark.slow] * (kind != "derivative")) for kind in KINDS]
)
def test_a_model_trains_on_inputs_in_pieces_and_batches(kind):
    objective, data = objectives.OBJECTIVES[kind](), recordings()
    keras.utils.set_random_seed(0)
    model = HamiltonianNetwork(MLPHamiltonian(hidden_units=[4]), control=LinearInput(1))
    model.build([None, 2])
    loop = TrainingLoop(model, objective, keras.optimizers.Adam(1e-2), objective.samples_of(data), batch_size=2)
    first = loop.loss()
    loop.run(5)
    assert loop.loss() < first
    assert abs(model.physical_parameters()["input_gain"]) > 1e-3


@pytest.mark.parametrize("kind", KINDS)
def test_models_that_take_no_inputs_are_refused(kind):
    objective, data = objectives.OBJECTIVES[kind](), recordings()
    model = HamiltonianNetwork(MLPHamiltonian(hidden_units=[4], dtype="float64"))
    model.build([None, 2])
    with pytest.raises(InputError, match="takes no inputs; leave the inputs out"):
        objective.loss(model, _columns(objective, data))
    driven = HamiltonianNetwork(
        MLPHamiltonian(hidden_units=[4], dtype="float64"), control=LinearInput(1, dtype="float64")
    )
    driven.build([None, 2])
    free = {name: column for name, column in _columns(objective, data).items() if "inputs" not in name}
    with pytest.raises(InputError, match="expected inputs of width 1; received none"):
        objective.loss(driven, free)


def test_initial_states_are_estimated_under_the_inputs():
    data = recordings("linear")
    objective = objectives.TrajectoryMatching(substeps=2)
    samples = objective.samples_of(data)
    disturbed = samples | {"initial_state": samples["initial_state"] + 0.1}
    found = objective.validation_samples(driven_pendulum, disturbed)["initial_state"]
    # The error of 40 fourth-order steps of 0.05 is about 1e-6.
    np.testing.assert_allclose(found, samples["initial_state"], rtol=0, atol=2e-5)


def test_windows_keep_the_inputs_of_their_intervals():
    data = recordings()
    cut = data.windows(11)
    np.testing.assert_array_equal(cut[1].inputs, data[0].inputs[10:])
    assert (
        float(objectives.TrajectoryMatching().loss(driven_pendulum, _columns(objectives.TrajectoryMatching(), cut)))
        < 1e-5
    )
