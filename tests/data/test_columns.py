"""The columns of samples: those of trajectories are those that objectives make of the same recordings."""

import dataclasses

import numpy as np
import pytest

from hnn_tf import data, objectives
from hnn_tf.data.columns import transition_columns

RNG = np.random.default_rng(0)
TRAJECTORIES = data.Trajectories(np.array([0.0, 0.5, 0.75, 2.0, 2.5]), *(RNG.normal(size=[3, 5, 4]) for _ in range(3)))
SAMPLES = [
    (objectives.DerivativeMatching(), lambda each: each.observed_samples(), {"inputs"}),
    (objectives.OneStep(), lambda each: each.transition_samples(), {"inputs", "end_inputs"}),
    (
        objectives.CombinedMatching(segments=2),
        lambda each: each.trajectory_samples(num_segments=2),
        {"inputs", "end_inputs"},
    ),
]


@pytest.mark.parametrize("interpolation", [None, "zero_order_hold", "linear"])
@pytest.mark.parametrize(("objective", "samples", "of_inputs"), SAMPLES)
def test_trajectories_and_objectives_make_the_same_columns(objective, samples, of_inputs, interpolation):
    trajectories = TRAJECTORIES
    if interpolation:
        inputs = np.random.default_rng(1).normal(size=[3, 5, 2])
        trajectories = dataclasses.replace(trajectories, inputs=inputs, input_interpolation=interpolation)
    made, columns = objective.samples_of(data.Recordings.from_trajectories(trajectories)), samples(trajectories)
    assert made.keys() == columns.keys() == set(objective.columns) | (of_inputs if interpolation else set())
    for name, column in columns.items():
        np.testing.assert_array_equal(made[name], column)


def test_clean_samples_have_the_inputs_of_the_readings():
    inputs = np.random.default_rng(1).normal(size=[3, 5, 2])
    driven = dataclasses.replace(TRAJECTORIES, inputs=inputs)
    np.testing.assert_array_equal(driven.clean_samples()["inputs"], driven.observed_samples()["inputs"])
    assert "inputs" not in TRAJECTORIES.clean_samples()


@pytest.mark.parametrize(("interpolation", "last"), [("zero_order_hold", 0), ("linear", 1)])
def test_a_transition_has_its_two_readings_and_its_inputs(interpolation, last):
    times, states, inputs = np.array([0.0, 0.5, 0.75]), np.arange(12.0).reshape(3, 4), np.array([[7.0], [8.0], [9.0]])
    columns = transition_columns(times, states, inputs, interpolation=interpolation)
    assert len(columns["state"]) == 2
    for i in range(2):
        found = [columns[name][i].tolist() for name in ("state", "next_state", "time_step", "inputs", "end_inputs")]
        step = times[i + 1] - times[i]
        assert found == [list(states[i]), list(states[i + 1]), [step], list(inputs[i]), list(inputs[i + last])]
