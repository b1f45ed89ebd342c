"""The order of the numbers in a state of bodies: said where bodies are met, and put right by a function."""

import dataclasses

import command_session
import numpy as np
import pytest
import tensorflow as tf

from benchmarks.trainings.task_training import TaskTraining
from hnn_tf import systems
from hnn_tf.export import inspect
from hnn_tf.systems import body_major, body_order, component_major
from trainers.tasks import two_body

MASSES = (1.0, 2.0, 0.7)


def _by_hand(positions, momenta):
    """Component-major state of positions and momenta `[N, d]`, coordinate by coordinate."""
    axes = range(positions.shape[1])
    return np.array([part[i, a] for part in (positions, momenta) for a in axes for i in range(len(part))])


@pytest.fixture(params=[2, 3], ids=["plane", "space"])
def bodies(request, rng):
    return rng.normal(size=[2, 3, request.param])


def test_numbers_come_where_the_names_say(bodies):
    dimension = bodies.shape[-1]
    axes = "xyz"[:dimension]
    names = [f"{axis}_{i}" for i in (1, 2, 3) for axis in axes] + [f"p_{axis}{i}" for i in (1, 2, 3) for axis in axes]
    declared = systems.NBody(MASSES, dimension=dimension).state_names
    assert tuple(component_major(np.array(names), dimension=dimension)) == declared
    np.testing.assert_array_equal(component_major(bodies.ravel(), dimension=dimension), _by_hand(*bodies))


@pytest.mark.parametrize("batch", [(), (5,), (2, 4)])
@pytest.mark.parametrize("kind", [np.asarray, tf.constant], ids=["array", "tensor"])
def test_there_and_back_is_the_same(rng, batch, kind):
    states = kind(rng.normal(size=[*batch, 18]).astype(np.float32))
    ours = component_major(states, dimension=3)
    assert (type(ours), ours.shape, ours.dtype) == (type(states), states.shape, states.dtype)
    np.testing.assert_array_equal(body_major(ours, dimension=3), states)


def test_a_graph_takes_a_batch_of_unknown_size():
    @tf.function(input_signature=[tf.TensorSpec([None, 8])], autograph=False)
    def ours(states):
        return component_major(states, dimension=2)

    np.testing.assert_array_equal(ours(tf.range(8.0)[None]), [[0, 2, 1, 3, 4, 6, 5, 7]])


def test_forces_of_converted_states_are_newtons_and_cancel(bodies):
    """What is said to be silently wrong: body-major states give forces that don't add up to zero."""
    dimension = bodies.shape[-1]
    system, positions = systems.NBody(MASSES, dimension=dimension), bodies[0]
    forces = np.zeros_like(positions)
    for i, j in ((i, j) for i in range(3) for j in range(3) if i != j):
        apart = positions[j] - positions[i]
        forces[i] += MASSES[i] * MASSES[j] * apart / np.linalg.norm(apart) ** 3
    motion = body_major(system(component_major(tf.constant(bodies.ravel()), dimension=dimension)), dimension=dimension)
    found = np.asarray(motion)[3 * dimension :].reshape(3, dimension)
    # Some hundred roundings; the forces are of the size of 1.
    np.testing.assert_allclose(found, forces, rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(found.sum(0), 0.0, atol=1e-13)
    unconverted = np.asarray(system(tf.constant(bodies.ravel())))[3 * dimension :].reshape(3, dimension)
    assert np.abs(unconverted.sum(0)).max() > 1e-3


@pytest.mark.parametrize(
    ("shape", "dimension", "match"),
    [((4, 6), 2, "a multiple of 4; received shape .4, 6."), ((), 2, "a multiple of 4"), ((4, 8), 4, "expected 2 or 3")],
)
def test_what_is_no_state_of_bodies_is_refused(shape, dimension, match):
    for convert in (component_major, body_major):
        with pytest.raises(ValueError, match=match):
            convert(np.zeros(shape), dimension=dimension)


def test_runs_of_bodies_and_the_card_say_it():
    state = TaskTraining(dataclasses.replace(two_body.TASK, num_trajectories=10)).data.state
    assert state["layout"] == body_order.LAYOUT
    assert "all x, then all y" in body_order.LAYOUT
    # A card has the `state` of the run; inspection shows it.
    assert f"  layout: {body_order.LAYOUT}" in inspect._described(_card(state))


@pytest.mark.parametrize("page", ["docs/your_system.md", "docs/serving.md"])
def test_pages_say_it(page):
    text = (command_session.ROOT / page).read_text()
    assert "all x, then all y" in text
    assert "component_major" in text


def _card(state):
    known = dict.fromkeys(("system", "inputs", "system_parameters", "training", "metrics", "licence"))
    rollout = {"integrator": "rk4", "max_step_size": 0.1, "substeps": None, "max_steps": None}
    rollout |= {"input_interpolation": None}
    return (
        known
        | {"model": "HNN", "name": "two", "parameters": 1, "dtype": "float32", "state": state}
        | {
            "rollout": rollout,
            "versions": {},
        }
    )
