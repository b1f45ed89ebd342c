"""The solver of true systems with inputs: held or linear between the times, against SciPy and exact solutions."""

import dataclasses

import numpy as np
import pytest
import scipy.integrate
import tensorflow as tf

from hnn_tf import systems
from hnn_tf.data.reference_solution import reference_solution
from hnn_tf.input_error import InputError
from hnn_tf.numerics import pieces

PENDULUM = systems.DrivenPendulum(mass=0.8, length=0.9, gravity=3.0, damping=0.2)
ARM = systems.TwoJointArm(gravity=2.0, damping_1=0.1)
TIMES = np.array([0.0, 0.3, 0.35, 1.0, 1.6, 1.65, 2.9, 3.0])
INTERPOLATIONS = ("zero_order_hold", "linear")


@pytest.fixture(params=INTERPOLATIONS)
def interpolation(request):
    return request.param


@pytest.fixture(params=[PENDULUM, ARM], ids=["pendulum", "arm"])
def driven(request, rng):
    """A system, three states, and inputs that jump at every time and differ for each of the states."""
    system = request.param
    return system, rng.normal(size=[3, 2 * system.dof]), 2.0 * rng.normal(size=[3, len(TIMES), system.num_inputs])


def _by_scipy(system, start, times, inputs, interpolation):
    """One member, interval by interval, so that no step contains a jump."""
    states = [start]
    for i in range(len(times) - 1):

        def field(t, state, i=i):
            share = (t - times[i]) / (times[i + 1] - times[i]) if interpolation == "linear" else 0.0
            u = inputs[i] + share * (inputs[i + 1] - inputs[i])
            return system.numpy_motion(state[np.newaxis], u[np.newaxis])[0]

        interval = times[i : i + 2]
        end = scipy.integrate.solve_ivp(field, interval, states[-1], "DOP853", rtol=1e-13, atol=1e-14)
        states.append(end.y[:, -1])
    return np.stack(states)


@pytest.mark.slow
def test_agrees_with_scipy(driven, interpolation):
    system, starts, inputs = driven
    found = reference_solution(system, starts, TIMES, inputs, interpolation)
    expected = [_by_scipy(system, *pair, interpolation) for pair in zip(starts, [TIMES] * 3, inputs, strict=True)]
    # Some hundred steps of 1e-13 of numbers up to 10, on both sides.
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-10)


@pytest.mark.slow
def test_members_may_have_own_times_and_the_same_inputs(driven, interpolation):
    system, starts, inputs = driven
    times = TIMES * np.array([[1.0], [0.3], [0.6]]) + np.array([[0.0], [5.0], [-1.0]])
    found = reference_solution(system, starts, times, inputs[0], interpolation)
    expected = [_by_scipy(system, *pair, inputs[0], interpolation) for pair in zip(starts, times, strict=True)]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-10)


@pytest.mark.parametrize("system", [dataclasses.replace(PENDULUM, damping=0.0), systems.CartPole(1.0, 1.0, 1.0)])
def test_the_way_back_comes_home(system, interpolation, rng):
    starts, inputs = rng.normal(size=[2, 2 * system.dof]), rng.normal(size=[2, len(TIMES), 1])
    there = reference_solution(system, starts, TIMES, inputs, interpolation)
    # The inputs of a time are held until the next one of the array. On the way back, that is the other end.
    inputs = np.roll(inputs[:, ::-1], -1, 1) if interpolation == "zero_order_hold" else inputs[:, ::-1]
    back = reference_solution(system, there[:, -1], TIMES[::-1], inputs, interpolation)
    np.testing.assert_allclose(back[:, ::-1], there, rtol=0, atol=1e-11)


def test_a_system_at_rest_is_set_in_motion(interpolation):
    """Nothing tells how long the first step may be: the state and, at first, the inputs are zero."""
    inputs = np.concatenate([np.zeros([3, 1]), np.ones([5, 1])])
    found = reference_solution(PENDULUM, np.zeros([1, 2]), TIMES, inputs, interpolation)[0]
    np.testing.assert_array_equal(found[:3], 0)
    np.testing.assert_allclose(
        found, _by_scipy(PENDULUM, np.zeros(2), TIMES, inputs, interpolation), rtol=0, atol=1e-11
    )


def test_pieces_of_the_members_have_their_own_inputs(interpolation, rng, monkeypatch):
    starts, inputs = rng.normal(size=[3, 2]), rng.normal(size=[3, len(TIMES), 1])
    whole = reference_solution(PENDULUM, starts, TIMES, inputs, interpolation)
    monkeypatch.setattr(pieces, "MOST_STATES", 2)
    # Sums of another length may be made in another order, and then steps differ.
    found = reference_solution(PENDULUM, starts, TIMES, inputs, interpolation)
    np.testing.assert_allclose(found, whole, rtol=0, atol=1e-11)


def test_times_may_stand_still(interpolation):
    times, inputs = np.array([0.0, 1.0, 1.0, 2.0]), np.array([[1.0], [0.5], [-2.0], [0.0]])
    found = reference_solution(PENDULUM, np.ones([1, 2]), times, inputs, interpolation)[0]
    np.testing.assert_array_equal(found[1], found[2])
    expected = [_by_scipy(PENDULUM, found[i], times[i : i + 2], inputs[i : i + 2], interpolation)[1] for i in (0, 2)]
    np.testing.assert_allclose(found[[1, 3]], expected, rtol=0, atol=1e-11)


@dataclasses.dataclass(frozen=True)
class _Sledge(systems.System):
    """A sledge of 1 kg on ice and on snow, H = p^2 / 2, pushed at +1 and pulled at -1; its motion isn't written out."""

    friction: float = 0.0

    dof = 1
    separable, conservative = True, False
    state_names, state_units, energy_unit = ("q", "p"), ("m", "kg m/s"), "J"
    num_inputs = 2
    input_names, input_units = ("push", "pull"), ("N", "N")

    def hamiltonian(self, state):
        _, p = self.split(state)
        return tf.squeeze(p**2 / 2, -1)

    def dissipation(self, state):
        """Friction that grows with the speed: R depends on the state."""
        _, p = self.split(state)
        return tf.linalg.diag(tf.concat([0 * p, self.friction * tf.abs(p)], -1)) if self.friction else None

    def control(self, state):
        """A matrix for each state."""
        q, _ = self.split(state)
        return tf.stack([tf.concat([0 * q, 0 * q], -1), tf.concat([1 + 0 * q, -1 + 0 * q], -1)], -2)


def test_a_pushed_sledge_moves_as_the_integral_of_its_force(interpolation, rng):
    push, pull = rng.normal(size=[2, len(TIMES)])
    start, force, steps = np.array([0.2, -0.4]), push - pull, np.diff(TIMES)
    found = reference_solution(_Sledge(), start[np.newaxis], TIMES, np.stack([push, pull], -1), interpolation)[0]
    q, p = start
    for i, step in enumerate(steps):
        rise = (force[i + 1] - force[i]) / step if interpolation == "linear" else 0.0
        q, p = q + p * step + force[i] * step**2 / 2 + rise * step**3 / 6, p + force[i] * step + rise * step**2 / 2
        # A method of order 8 is exact for polynomials: some tens of roundings of numbers of order 1.
        np.testing.assert_allclose(found[i + 1], [q, p], rtol=0, atol=1e-14)


def test_friction_and_inputs_that_depend_on_the_state_and_are_not_written_out():
    # Without force, dv/dt = -c v |v| gives v = v0 / (1 + c v0 t).
    times, zeros = np.linspace(0.0, 4.0, 5), np.zeros([5, 2])
    found = reference_solution(_Sledge(0.7), np.array([[0.0, 2.0]]), times, zeros)[0]
    slowed = 1 + 0.7 * 2.0 * times
    np.testing.assert_allclose(found, np.stack([np.log(slowed) / 0.7, 2.0 / slowed], -1), rtol=0, atol=1e-11)


@pytest.mark.parametrize(
    ("system", "inputs", "interpolation", "message"),
    [
        (PENDULUM, None, "linear", r"DrivenPendulum: inputs: expected .* received none; give zeros"),
        (PENDULUM, np.zeros([8, 2]), "linear", r"expected \[T, m\] = \(8, 1\) or \[N, T, m\] = \(3, 8, 1\)"),
        (PENDULUM, np.zeros([7, 1]), "linear", r"one row \(torque\) for each time; received shape \(7, 1\)"),
        (PENDULUM, np.zeros([2, 8, 1]), "linear", r"received shape \(2, 8, 1\)"),
        (PENDULUM, np.zeros([8]), "linear", r"received shape \(8,\)"),
        (PENDULUM, np.full([8, 1], np.nan), "linear", "inputs: expected finite numbers; received NaN"),
        (PENDULUM, np.zeros([8, 1]), "cubic", "input_interpolation: expected one of zero_order_hold, linear; received"),
        (systems.Pendulum(), np.zeros([8, 1]), "linear", "Pendulum: inputs: expected none, because it has no inputs"),
    ],
)
def test_inputs_that_cannot_be_are_refused(system, inputs, interpolation, message):
    with pytest.raises(InputError, match=message) as error:
        reference_solution(system, np.zeros([3, 2]), TIMES, inputs, interpolation)
    assert "\n" not in str(error.value)


def test_one_time_and_no_states_are_nothing_to_do(interpolation):
    start = np.ones([2, 2])
    found = reference_solution(PENDULUM, start, TIMES[:1], np.zeros([1, 1]), interpolation)
    np.testing.assert_array_equal(found, start[:, np.newaxis])
    empty = reference_solution(PENDULUM, np.zeros([0, 2]), TIMES, np.zeros([0, 8, 1]), interpolation)
    assert empty.shape == (0, 8, 2)
