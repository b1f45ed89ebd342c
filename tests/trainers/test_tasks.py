"""What tasks give a run: data that are split as the reference splits them, and each protocol's defaults."""

import dataclasses

import command_session
import numpy as np
import pytest

import hnn_tf
from benchmarks.trainings.task_training import TaskTraining
from benchmarks.trainings.trained_models import run_flags
from trainers.tasks import TASK_OPTIONS, mass_spring, pendulum, real_pendulum, two_body


def test_the_first_fifth_is_held_out_and_pairs_are_of_their_states():
    pixels = TaskTraining("pixel_pendulum", seed=3, num_trajectories=5).data
    assert (pixels.test_pairs.shape, pixels.train_pairs.shape) == ((1, 101, 28, 28, 2), (4, 101, 28, 28, 2))
    states = hnn_tf.data.sample_pendulum_states(np.random.default_rng(3), 5)
    swings = hnn_tf.data.simulate_pendulum(states, 101)
    np.testing.assert_array_equal(pixels.test_states, swings[:1, 1:])
    drawn = hnn_tf.data.render_pendulum(swings[4, [7, 8], 0])
    np.testing.assert_array_equal(np.moveaxis(pixels.train_pairs[3, 7], -1, 0), drawn)
    bodies = TaskTraining(dataclasses.replace(two_body.TASK, num_trajectories=10), seed=3).data
    first = hnn_tf.data.sample_two_body(np.random.default_rng(3), 10)
    np.testing.assert_array_equal(bodies.test[0].states[0], first[0])
    np.testing.assert_array_equal(bodies.train[0].states[0], first[2])
    assert (len(bodies.train), len(bodies.train[0])) == (8, 50)


@pytest.mark.parametrize(
    ("task", "period"), [(pendulum.TASK, True), (real_pendulum.TASK, True), (mass_spring.TASK, False)]
)
def test_random_features_have_the_period_of_a_tasks_angles(task, period):
    assert task.angles == (0,) * period
    options = TASK_OPTIONS[task.name].of({})
    own = hnn_tf.ModelOptions("random_features", hidden_units=(8,), precision="float64", time_reversible=True)
    model = task.new_model(own, options)
    turned = model(np.array([[0.3 + 2 * np.pi, 0.5]])) - model(np.array([[0.3, 0.5]]))
    assert (np.max(np.abs(turned)) < 1e-12) == period


@pytest.mark.parametrize(
    ("task", "paper", "clean"),
    [
        ("two_body", ("derivative", 0.0), ("derivative", 0.0)),
        ("pendulum", ("derivative", 1e-4), ("derivative", 1e-4)),
        ("pixel_pendulum", ("derivative", 1e-5), ("one_step", 0.0)),
        ("real_pendulum", ("derivative", 1e-5), ("one_step", 0.0)),
    ],
)
def test_a_protocol_has_its_own_defaults(task, paper, clean):
    for protocol, expected in {"paper": paper, "clean": clean}.items():
        options = TASK_OPTIONS[task].of({"protocol": protocol})
        assert (options.objective.objective, options.training.weight_decay) == expected
        given = TASK_OPTIONS[task].of({"protocol": protocol, "objective": "weak", "weight_decay": 0.5})
        assert (given.objective.objective, given.training.weight_decay) == ("weak", 0.5)


@pytest.mark.parametrize("path", sorted((command_session.ROOT / "trainers" / "flagfiles").iterdir()))
def test_a_flagfile_adds_only_the_comparison_to_the_defaults(path):
    values = run_flags(path)
    assert values.pop("compare_baseline")
    options = TASK_OPTIONS[path.stem]
    assert values.keys() & options.defaults.names() >= {"steps", "learning_rate", "noise_std", "hidden_units"}
    assert options.of(values) == options.of({})
