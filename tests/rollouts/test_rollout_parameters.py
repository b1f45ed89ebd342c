"""Rollouts of motions with parameters theta."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from pendulum_family import PENDULUMS

from hnn_tf import HamiltonianNetwork, InputError, LinearInput, MLPHamiltonian, rollout, rollout_at_times, systems
from hnn_tf.data.reference_solution import reference_solution

STATES = np.array([[1.0, 0.0], [0.3, 0.4], [-2.0, 0.5]])
THETA = np.array([[0.5, 3.0], [0.7, 2.0], [0.4, 4.0]])  # inertia and gravity torque
TIMES = np.array([0.0, 0.1, 0.3, 0.35, 0.6])
OPTIONS = {
    "rk8": {"integrator": "rk8", "substeps": 2},
    "compensated": {"integrator": "rk8", "substeps": 2, "compensated": True},
    "limited": {"integrator": "rk8", "substeps": 2, "max_steps": 100, "checkpointing": False},
    "max_step_size": {"integrator": "rk8", "max_step_size": 0.06},
    "compiled": {"integrator": "rk4", "substeps": 2, "jit_compile": True},
    "adaptive": {"integrator": "dormand_prince", "substeps": 1},
    # The symplectic ones, which inputs would not allow: of kicks and drifts, implicit, and of two copies.
    "leapfrog": {"integrator": "leapfrog", "substeps": 2},
    "gauss4": {"integrator": "gauss4", "substeps": 2},
    "tao4": {"integrator": "tao4", "substeps": 2},
}
# Of eight steps of at most 0.125, in which the fastest pendulum turns by 0.4: a member of another's parameters is wrong
# by more than 0.1.
ERRORS = {"rk8": 1e-7, "rk4": 1e-3, "dormand_prince": 1e-4, "leapfrog": 5e-2, "gauss4": 1e-3, "tao4": 2e-2}
FAST = ("rk8", "leapfrog", "gauss4")


@pytest.mark.parametrize(
    "options", [pytest.param(OPTIONS[n], marks=[pytest.mark.slow] * (n not in FAST), id=n) for n in OPTIONS]
)
def test_each_member_moves_as_the_system_of_its_parameters(options):
    found = rollout_at_times(PENDULUMS, tf.constant(STATES), TIMES, parameters=THETA, **options)
    alone = [
        reference_solution(systems.Pendulum(*theta), state[np.newaxis], TIMES)[0]
        for state, theta in zip(STATES, THETA, strict=True)
    ]
    np.testing.assert_allclose(found, alone, rtol=0, atol=ERRORS[options["integrator"]])


def test_fixed_steps_and_shared_parameters_are_the_same():
    steps = rollout(PENDULUMS, tf.constant(STATES), step_size=0.1, num_steps=6, parameters=THETA)
    times = rollout_at_times(PENDULUMS, tf.constant(STATES), 0.1 * np.arange(7), substeps=1, parameters=THETA)
    np.testing.assert_allclose(steps, times, rtol=0, atol=1e-13)  # the times are rounded
    shared = rollout(PENDULUMS, tf.constant(STATES), step_size=0.1, num_steps=6, parameters=THETA[0])
    np.testing.assert_array_equal(shared[0], steps[0])
    single = rollout(PENDULUMS, tf.constant(STATES[1]), step_size=0.1, num_steps=6, parameters=THETA[1])
    np.testing.assert_allclose(single, steps[1], rtol=0, atol=1e-13)


@pytest.mark.parametrize("inputs", ["samples", "function"])
def test_inputs_and_parameters_act_together(inputs):
    torques = np.sin(TIMES)[:, None] * np.ones([3, 1, 1])
    given = {"inputs": torques if inputs == "samples" else tf.sin, "input_interpolation": "linear"}
    options = {"substeps": 2, **given}
    together = rollout_at_times(PENDULUMS, tf.constant(STATES), TIMES, parameters=THETA, **options)
    alone = [
        rollout_at_times(PENDULUMS, tf.constant(state), TIMES, parameters=theta, **options | {"inputs": torques[0]})
        for state, theta in zip(STATES, THETA, strict=True)
    ]
    # Samples: the same steps, with other roundings. The function is the same but for the line between the samples.
    np.testing.assert_allclose(together, alone, rtol=0, atol=1e-13 if inputs == "samples" else 1e-3)
    free = rollout_at_times(PENDULUMS, tf.constant(STATES), TIMES, parameters=THETA, substeps=2)
    assert np.abs(together - free)[:, -1].max() > 0.1


@pytest.mark.slow
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"checkpointing": False},
        pytest.param({"integrator": "gauss4"}, marks=pytest.mark.slow),
    ],
    ids=str,
)
def test_gradients_by_parameters_are_those_of_the_numerical_solution(options):
    def last_angles(theta):
        path = rollout_at_times(PENDULUMS, tf.constant(STATES), TIMES[:3], substeps=2, parameters=theta, **options)
        return tf.reduce_sum(path[:, -1, 0])

    theta = tf.constant(THETA)
    with tf.GradientTape() as tape:
        tape.watch(theta)
        value = last_angles(theta)
    gradient = tape.gradient(value, theta).numpy()
    for where in ((0, 0), (2, 1)):
        step = np.zeros_like(THETA)
        step[where] = 1e-5
        difference = float(last_angles(THETA + step) - last_angles(THETA - step)) / 2e-5
        # A difference has errors of 1e-15 / 1e-5 by rounding, of 1e-14 / 1e-5 by gauss4, and of 1e-10 by its third
        # derivative.
        assert gradient[where] == pytest.approx(difference, abs=1e-8)


def _model(control=None):
    model = HamiltonianNetwork(MLPHamiltonian(hidden_units=[4], num_parameters=2), control=control, name="family")
    model.build([None, 2])
    return model


def _stock():
    return keras.Sequential([keras.Input([2]), keras.layers.Dense(2)], name="stock")


class _Own(keras.Model):
    """The same motion, of a model that declares no numbers, but names the argument."""

    def call(self, state, parameters=None):
        return PENDULUMS(state, parameters=parameters)


def test_a_keras_model_with_the_argument_needs_no_declaration():
    options = {"step_size": 0.1, "num_steps": 2, "parameters": THETA}
    found = rollout(_Own(name="own", dtype="float64"), tf.constant(STATES), **options)
    np.testing.assert_array_equal(found, rollout(PENDULUMS, tf.constant(STATES), **options))


def test_an_unknown_batch_of_a_graph_has_parameters():
    specs = [tf.TensorSpec([None, width]) for width in (2, 2)]
    model = _model()

    @tf.function(input_signature=specs, autograph=False)
    def moved(state, theta):
        return rollout(model, state, step_size=0.1, num_steps=2, parameters=theta)

    state, theta = (tf.constant(values, tf.float32) for values in (STATES, THETA))
    expected = rollout(model, state, step_size=0.1, num_steps=2, parameters=theta)
    # Eight evaluations, each rounded some ten times to 1e-7.
    np.testing.assert_allclose(moved(state, theta), expected, rtol=0, atol=4e-6)


REFUSED = {
    "missing": (_model, {}, "family: expected parameters of width 2; received none; give parameters=..."),
    "another width": (_model, {"parameters": [1.0]}, r"family: expected parameters of width 2; received shape \(1,\)"),
    "another batch": (_model, {"parameters": np.ones([4, 2])}, r"parameters: expected shape \[k\], or \[3\] \+ \[k\]"),
    "of each time": (_model, {"parameters": np.ones([3, 4, 2])}, r"parameters: expected shape \[k\], or \[3\]"),
    "a system": (systems.Pendulum, {"parameters": [1.0]}, "Pendulum: takes no parameters; leave the parameters out"),
    "a stock model": (_stock, {"parameters": [1.0]}, r"stock: .* call\(state, parameters=None\)"),
    "inputs of a stock model": (
        _stock,
        {"inputs": np.zeros([4, 1])},
        r"stock: .* call\(state, inputs=None\)",
    ),
    "driven": (
        lambda: _model(LinearInput(1)),
        {"inputs": np.zeros([4, 1])},
        "family: expected parameters of width 2; received none",
    ),
}


@pytest.mark.parametrize(("field", "options", "message"), REFUSED.values(), ids=REFUSED)
def test_parameters_that_do_not_fit_are_refused(field, options, message):
    with pytest.raises(InputError, match=message) as refused:
        rollout(field(), STATES.astype("float32"), step_size=0.1, num_steps=3, **options)
    assert "\n" not in str(refused.value)
