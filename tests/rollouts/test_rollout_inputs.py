"""Rollouts of motions with inputs u(t)."""

import numpy as np
import pytest
import tensorflow as tf
from driven_motion import TIMES, driven_pendulum, example, solved

from hnn_tf import HamiltonianNetwork, InputError, LinearInput, MLPHamiltonian, rollout, rollout_at_times, systems

# SciPy's steps have relative errors of 1e-12, and some ten of them are in each of the 20 intervals. The steps of rk8 of
# 0.05 have errors below this.
CLOSE = 1e-10
OPTIONS = {
    "rk8": {"integrator": "rk8", "substeps": 2},
    "dormand_prince": {"integrator": "dormand_prince", "substeps": 1},
    "compensated": {"integrator": "rk8", "substeps": 2, "compensated": True},
    "limited": {"integrator": "rk8", "substeps": 2, "max_steps": 100, "checkpointing": False},
    "max_step_size": {"integrator": "rk8", "max_step_size": 0.06},
    "compiled": {"integrator": "rk8", "substeps": 2, "jit_compile": True},
}


@pytest.mark.parametrize("interpolation", ["zero_order_hold", "linear"])
@pytest.mark.parametrize(
    "options",
    [pytest.param(options, marks=[pytest.mark.slow] * (name != "rk8"), id=name) for name, options in OPTIONS.items()],
)
def test_sampled_inputs_act_as_in_an_independent_solution(interpolation, options):
    states, torques, paths = example(interpolation)
    found = rollout_at_times(
        driven_pendulum, tf.constant(states), TIMES, inputs=torques, input_interpolation=interpolation, **options
    )
    # Dormand and Prince: relative errors of 1e-6 are allowed in each of 20 intervals.
    close = 1e-5 if options["integrator"] == "dormand_prince" else CLOSE
    np.testing.assert_allclose(found, paths, rtol=0, atol=close)


@pytest.mark.parametrize("interpolation", ["zero_order_hold", "linear"])
def test_fixed_steps_are_rollouts_at_times(interpolation):
    states, torques, _ = example(interpolation)
    options = {"inputs": torques, "input_interpolation": interpolation}
    steps = rollout(driven_pendulum, tf.constant(states), step_size=0.1, num_steps=20, **options)
    times = rollout_at_times(driven_pendulum, tf.constant(states), TIMES, substeps=1, **options)
    np.testing.assert_allclose(steps, times, rtol=0, atol=1e-13)  # the times are rounded, and some numbers of order 1


def test_all_states_may_have_the_same_inputs():
    states, torques, _ = example("linear")
    shared, own = (
        rollout_at_times(driven_pendulum, tf.constant(states), TIMES, substeps=1, inputs=inputs)
        for inputs in (torques[0], np.broadcast_to(torques[0], torques.shape))
    )
    np.testing.assert_array_equal(shared, own)
    single = rollout_at_times(driven_pendulum, tf.constant(states[0]), TIMES, substeps=1, inputs=torques[0])
    np.testing.assert_allclose(single, own[0], rtol=0, atol=1e-13)  # some roundings


def test_a_function_gives_inputs_at_the_times():
    states, _, _ = example("linear")
    times = TIMES + 3.0
    found = rollout_at_times(driven_pendulum, tf.constant(states), times, substeps=2, inputs=tf.sin, integrator="rk8")
    expected = np.stack([solved(state, times, np.sin) for state in states])
    np.testing.assert_allclose(found, expected, rtol=0, atol=CLOSE)


def test_repeated_times_may_change_the_input_of_a_server():
    states, torques, paths = example("zero_order_hold")
    found = rollout_at_times(
        driven_pendulum,
        tf.constant(states),
        np.repeat(TIMES, 2),
        # The input before the repetition acts for no time.
        inputs=np.stack([np.full_like(torques, 1e6), torques], 2).reshape(len(torques), -1, 1),
        substeps=2,
        integrator="rk8",
        max_steps=100,
        checkpointing=False,
    )
    np.testing.assert_allclose(found[:, 1::2], paths, rtol=0, atol=CLOSE)


@pytest.mark.slow
@pytest.mark.parametrize("checkpointing", [True, False])
def test_gradients_by_inputs_are_those_of_the_numerical_solution(checkpointing):
    states, torques, _ = example("linear")

    def last_angles(inputs):
        path = rollout_at_times(
            driven_pendulum,
            tf.constant(states),
            TIMES[:6],
            substeps=2,
            inputs=inputs,
            input_interpolation="linear",
            checkpointing=checkpointing,
        )
        return tf.reduce_sum(path[:, -1, 0])

    inputs = tf.constant(torques[:, :6])
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        value = last_angles(inputs)
    gradient = tape.gradient(value, inputs).numpy()
    for where in ((0, 0, 0), (1, 3, 0), (2, 5, 0)):
        step = np.zeros_like(inputs)
        step[where] = 1e-5
        difference = float(last_angles(inputs + step) - last_angles(inputs - step)) / 2e-5
        # A difference has errors of 1e-15 / 1e-5 by rounding and of 1e-10 by its third derivative.
        assert gradient[where] == pytest.approx(difference, abs=2e-9)


def _driven_model():
    model = HamiltonianNetwork(MLPHamiltonian(hidden_units=[4]), control=LinearInput(1), name="driven")
    model.build([None, 2])
    return model


@pytest.mark.parametrize(
    ("field", "options", "message"),
    [
        (_driven_model, {}, "driven: expected inputs of width 1; received none; give inputs=..., with zeros"),
        (_driven_model, {"inputs": np.zeros([4, 2])}, r"driven: expected inputs of width 1; received shape \(4, 2\)"),
        (_driven_model, {"inputs": np.zeros([3, 1])}, r"inputs: expected shape \[4, m\], or \[2, 4\]"),
        (_driven_model, {"inputs": np.zeros([5, 4, 1])}, r"inputs: expected shape \[4, m\], or \[2, 4\]"),
        (_driven_model, {"inputs": np.zeros([4, 1]), "integrator": "gauss4"}, "dissipative or driven"),
        (
            _driven_model,
            {"inputs": np.zeros([4, 1]), "input_interpolation": "cubic"},
            "expected one of zero_order_hold",
        ),
        (_driven_model, {"inputs": lambda t: t[..., 0]}, r"inputs: expected a function from times \(2, 1\) to"),
        (lambda: driven_pendulum, {"inputs": np.zeros([4, 1]), "integrator": "gauss4"}, "'gauss4': takes no inputs"),
        (systems.Pendulum, {"inputs": np.zeros([4, 1])}, "Pendulum: takes no inputs; leave the inputs out"),
    ],
)
def test_inputs_that_do_not_fit_are_refused(field, options, message):
    with pytest.raises(ValueError, match=message) as refused:
        rollout(field(), np.zeros([2, 2], np.float32), step_size=0.1, num_steps=3, **options)
    assert isinstance(refused.value, InputError | ValueError)
