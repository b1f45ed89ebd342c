"""The solver of the true systems, against SciPy's and exact solutions."""

import dataclasses

import numpy as np
import pytest
import scipy.integrate
import tensorflow as tf

from benchmarks.integrators import exact_solutions
from hnn_tf import data, systems
from hnn_tf.data.reference_solution import reference_solution

THREE = systems.NBody((1.0, 1.0, 1.0))
TIMES = np.linspace(0.0, 5.0, 20)


def _dop853(system, start, times):
    return scipy.integrate.solve_ivp(
        lambda _, state: system.numpy_motion(state[np.newaxis])[0],
        (times[0], times[-1]),
        start,
        "DOP853",
        times,
        rtol=1e-13,
        atol=1e-14,
    ).y.T


@pytest.mark.slow
def test_three_bodies_agree_with_scipy_through_close_encounters(rng):
    starts = data.sample_three_body(rng, 400)
    paths = reference_solution(THREE, starts, TIMES)
    positions = THREE.bodies(tf.constant(paths))[0].numpy()
    closest = np.linalg.norm(positions - np.roll(positions, 1, -1), axis=-2).min((1, 2))
    # The five that are seen closest to each other, and five others.
    for i in [*np.argsort(closest)[:5], *range(5)]:
        expected = _dop853(THREE, starts[i], TIMES)
        # The project's promise is 1e-9; chaos makes some 1e-12 of local errors of 1e-13.
        np.testing.assert_allclose(paths[i], expected, rtol=0, atol=1e-9 * np.abs(expected).max())


def test_the_pendulum_agrees_with_the_elliptic_function():
    starts, times = np.array([[2.0, 0.0], [-1.1, 1.3], [0.2, -2.0]]), np.linspace(0, 20, 5)
    found = reference_solution(systems.Pendulum(), starts, times)
    # Some hundred steps of 1e-13.
    np.testing.assert_allclose(found, exact_solutions.pendulum(systems.Pendulum(), starts, times), rtol=0, atol=1e-11)


def test_kepler_agrees_with_keplers_equation():
    start, times = systems.Kepler().at_pericentre(0.9)[np.newaxis], np.linspace(0, 7, 8)
    found = reference_solution(systems.Kepler(), start, times)[0]
    # Once through a pericentre ten times as near as the mean distance.
    np.testing.assert_allclose(found, exact_solutions.kepler(0.9, times), rtol=0, atol=1e-10)


def test_every_member_may_have_its_own_times(rng):
    starts, times = rng.normal(size=[3, 2]), np.array([[0.0, 0.5, 1.0], [2.0, 1.0, -3.0], [1.0, 1.0, 1.5]])
    found = reference_solution(systems.Pendulum(), starts, times)
    for member in range(3):
        expected = exact_solutions.pendulum(systems.Pendulum(), starts[member], times[member] - times[member, 0])
        np.testing.assert_allclose(found[member], expected, rtol=0, atol=1e-12)


def test_members_do_not_touch_each_other(rng):
    starts = data.sample_three_body(rng, 7)
    together = reference_solution(THREE, starts, TIMES)
    for member in range(7):
        alone = reference_solution(THREE, starts[member : member + 1], TIMES)[0]
        # Sums of another length may be made in another order, and chaos amplifies that.
        np.testing.assert_allclose(together[member], alone, rtol=0, atol=1e-10)


def test_the_way_back_comes_home(rng):
    starts = data.sample_two_body(rng, 4)
    there = reference_solution(systems.NBody(), starts, np.array([0.0, 20.0]))[:, 1]
    back = reference_solution(systems.NBody(), there, np.array([20.0, 0.0]))[:, 1]
    np.testing.assert_allclose(back, starts, rtol=0, atol=1e-11)


def test_rest_stays():
    np.testing.assert_array_equal(reference_solution(systems.Pendulum(), np.zeros([1, 2]), TIMES), np.zeros([1, 20, 2]))


def test_units_do_not_matter():
    """A spring of another size, to the same relative accuracy."""
    found = reference_solution(systems.MassSpring(), np.array([[1e-9, 0.0]]), TIMES)[0]
    np.testing.assert_allclose(found[:, 0], 1e-9 * np.cos(2 * TIMES), rtol=0, atol=1e-21)


def test_no_states_and_one_time_are_nothing_to_do():
    assert reference_solution(THREE, np.zeros([0, 12]), TIMES).shape == (0, 20, 12)
    np.testing.assert_array_equal(
        reference_solution(systems.Pendulum(), np.ones([2, 2]), TIMES[:1]), np.ones([2, 1, 2])
    )


@dataclasses.dataclass(frozen=True)
class _Cubic(systems.System):
    """H = p^2 / 2 + q^4 / 4, whose motion isn't written out."""

    dof = 1
    separable = True
    state_names, state_units, energy_unit = ("q", "p"), ("", ""), ""

    def hamiltonian(self, state):
        q, p = self.split(state)
        return tf.squeeze(p**2 / 2 + q**4 / 4, -1)


def test_a_motion_that_is_not_written_out_is_the_gradients():
    found = reference_solution(_Cubic(), np.array([[1.0, 0.0]]), TIMES[:5])[0]
    expected = scipy.integrate.solve_ivp(
        lambda _, s: [s[1], -(s[0] ** 3)], (0, TIMES[4]), [1.0, 0.0], "DOP853", TIMES[:5], rtol=1e-13, atol=1e-14
    ).y.T
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


def test_bodies_that_collide_are_refused():
    meeting = np.array([0.5, -0.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    apart = data.sample_two_body(np.random.default_rng(0), 1)[0]
    with pytest.raises(
        ArithmeticError, match=r"NBody: the solver stops before the last time for 1 of 2 states, .* state 1;"
    ):
        reference_solution(systems.NBody(), np.stack([apart, meeting]), TIMES)


def test_a_start_at_an_axis_is_followed_through_a_first_step_that_is_too_long():
    # q = 0, so that nothing tells how long a step may be: the first overflows.
    path = reference_solution(systems.HenonHeiles(), np.array([[0.0, 0.0, 0.1, 0.1]]), np.array([0.0, 50.0]))
    energy = systems.HenonHeiles().hamiltonian(tf.constant(path)).numpy()
    np.testing.assert_allclose(energy, 0.01, rtol=1e-11)


@pytest.mark.parametrize("start", [[1e-13, 1.0], [1.0, 1e-17], [np.sin(np.pi), 1.0]])
def test_a_first_step_that_is_too_short_grows(start):
    found = reference_solution(systems.MassSpring(), np.array([start]), np.array([0.0, 20.0]))[0, 1]
    c, s = np.cos(40.0), np.sin(40.0)
    # Some hundred steps of 1e-13.
    np.testing.assert_allclose(found, [c * start[0] + s * start[1], c * start[1] - s * start[0]], rtol=0, atol=1e-11)


def test_times_may_come_back_and_stand_still():
    starts = np.array([[1.0, 0.0], [0.5, 0.2]])
    times = np.array([[0.0, 1.0, 0.0, 0.0], [2.0, 2.0, 2.0, 2.0]])
    found = reference_solution(systems.Pendulum(), starts, times)
    np.testing.assert_allclose(found[:, 2:], np.repeat(starts[:, None], 2, 1), rtol=0, atol=1e-12)
    assert np.abs(found[0, 1] - starts[0]).max() > 0.5


@pytest.mark.parametrize(("system", "width"), [(systems.NBody(), 8), (systems.Kepler(), 4)])
def test_bodies_at_one_place_are_refused(system, width):
    with pytest.raises(ArithmeticError, match="the solver stops before the last time"):
        reference_solution(system, np.zeros([1, width]), np.array([0.0, 1.0]))


@pytest.mark.parametrize(
    ("starts", "times", "message"),
    [
        (np.zeros([3, 4]), TIMES, r"expected shape \[N, 2\]"),
        (np.zeros(2), TIMES, r"expected shape \[N, 2\]"),
        (np.full([1, 2], np.nan), TIMES, "expected finite states"),
        (np.zeros([1, 2]), np.array([0.0, np.inf]), "expected finite states"),
        (np.zeros([3, 2]), np.zeros([2, 5]), r"times: expected shape \[T\] or \[3, T\]"),
        (np.zeros([3, 2]), np.zeros([0]), r"times: expected shape \[T\] or \[3, T\]"),
    ],
)
def test_what_cannot_be_integrated_is_refused(starts, times, message):
    with pytest.raises(ValueError, match=message):
        reference_solution(systems.Pendulum(), starts, times)
