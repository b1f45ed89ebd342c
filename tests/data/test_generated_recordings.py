"""Simulated recordings of systems of several parameters."""

import numpy as np
import pytest

from hnn_tf import InputError, systems
from hnn_tf.data import generate_recordings
from hnn_tf.data.reference_solution import reference_solution

TIMES = np.linspace(0.0, 1.0, 5)
THETA = [[0.5, 1.0], [1.5, 2.0], [1.0, 0.5]]
STATES = np.array([[1.0, 0.0], [0.5, -0.2]])
NAMES = {"parameter_names": ("inertia", "gravity torque"), "parameter_units": ("kg m²", "N m")}


def test_every_recording_is_a_motion_of_the_system_of_its_parameters():
    data = generate_recordings(systems.Pendulum, THETA, STATES, TIMES, **NAMES, angles=[0])
    assert (len(data), data.num_parameters, data.angles) == (6, 2, (0,))
    assert (data.parameter_names, data.parameter_units) == (NAMES["parameter_names"], NAMES["parameter_units"])
    assert (data.state_units, data.num_inputs) == (("rad", "kg m²/s"), 0)
    np.testing.assert_array_equal(data.stacked("parameters"), THETA * 2)  # the last ones have all parameters
    for index, recording in enumerate(data):
        system = systems.Pendulum(*recording.parameters)
        alone = reference_solution(system, STATES[index // 3][np.newaxis], TIMES)[0]
        # The solution of several states takes other steps, whose errors are below 1e-13.
        np.testing.assert_allclose(recording.states, alone, rtol=0, atol=1e-12)
        np.testing.assert_allclose(
            recording.time_derivatives, system.numpy_motion(recording.states), rtol=0, atol=1e-14
        )


def test_systems_may_have_states_noise_and_inputs_of_their_own(rng):
    states, torques = rng.normal(size=[3, 2, 2]), np.sin(TIMES)[:, np.newaxis]
    theta = np.concatenate([THETA, [[9.81]] * 3], 1)
    data = generate_recordings(
        systems.DrivenPendulum,
        theta,
        states,
        TIMES,
        parameter_names=["mass", "length", "gravity"],
        noise_std=0.1,
        rng=rng,
        inputs=torques,
        input_interpolation="linear",
    )
    assert (data.input_names, data.input_interpolation, data.parameter_units) == (("torque",), "linear", ("",) * 3)
    np.testing.assert_array_equal([each.true_states[0] for each in data], np.concatenate(np.swapaxes(states, 0, 1)))
    np.testing.assert_array_equal(data[4].inputs, torques)
    assert 0.05 < np.std(data.stacked("states") - data.stacked("true_states")) < 0.2


@pytest.mark.parametrize(
    ("parameters", "states", "message"),
    [
        ([1.0, 2.0], STATES, r"parameters: expected numbers \[S, k\], a row for each system; received shape \(2,\)"),
        (THETA, STATES[0], r"initial_states: expected \[N, 2n\], or \[3, N, 2n\]"),
        (THETA, np.zeros([2, 4, 2]), r"initial_states: expected \[N, 2n\], or \[3, N, 2n\]"),
        (
            [[1.0, 2.0, 3.0]],
            STATES,
            r"parameters: expected the numbers that .* received 3 numbers in the row \[1.0, 2.0, 3.0\]; too many",
        ),
        ([[-1.0, 1.0]], STATES, "inertia: expected a finite number > 0"),
    ],
)
def test_malformed_arguments_are_refused(parameters, states, message):
    with pytest.raises(InputError, match=message):
        generate_recordings(systems.Pendulum, parameters, states, TIMES, **NAMES)


def _unsimulated(*parameters):
    raise AssertionError(f"the system of {parameters} was made")


@pytest.mark.parametrize(
    ("description", "message"),
    [
        ({"parameter_names": ["mass"]}, "parameter_names: expected 2 texts"),
        ({"parameter_units": ["kg"]}, "parameter_units: expected 2 texts"),
        ({"angles": [1]}, "angles: expected indices of positions, 0 to 0"),
    ],
)
def test_descriptions_are_refused_before_the_simulations(description, message):
    with pytest.raises(InputError, match=message):
        generate_recordings(_unsimulated, THETA, STATES, TIMES, **NAMES | description)
