"""The contract of every system; a new one without an entry in NAIVE fails."""

import dataclasses
import itertools

import numpy as np
import package_classes
import pytest
import scipy.integrate
import tensorflow as tf

from benchmarks.integrators import exact_solutions
from hnn_tf import rollout_at_times, systems
from hnn_tf.data.reference_solution import reference_solution


def _bodies_energy(state, masses, g, softening):
    q, p = state.reshape(2, 2, len(masses), -1)
    energy = sum((p[:, i] ** 2).sum(0) / (2 * mass) for i, mass in enumerate(masses))
    for i, j in itertools.combinations(range(len(masses)), 2):
        distance = np.sqrt(((q[:, i] - q[:, j]) ** 2).sum(0) + softening**2)
        energy = energy - g * masses[i] * masses[j] / distance
    return energy


def _bodies_motion(state, masses, g, softening):
    q, p = state.reshape(2, 2, len(masses), -1)
    velocity = np.stack([p[:, i] / mass for i, mass in enumerate(masses)], 1)
    force = np.zeros_like(q)
    for i, j in itertools.permutations(range(len(masses)), 2):
        distance = np.sqrt(((q[:, i] - q[:, j]) ** 2).sum(0) + softening**2)
        force[:, i] += g * masses[i] * masses[j] * (q[:, j] - q[:, i]) / distance**3
    return np.concatenate([velocity, force]).reshape(state.shape)


def _double_pendulum(q_1, q_2, p_1, p_2):
    """H, and the motion by differences of angles and a linear solve, for other parameters than the defaults."""
    m_1, m_2, l_1, l_2, g = 0.9, 1.4, 1.1, 0.7, 2.3
    mixed = m_2 * l_1 * l_2 * np.cos(q_1 - q_2)
    ones = np.ones_like(q_1)
    matrix = np.stack([(m_1 + m_2) * l_1**2 * ones, mixed, mixed, m_2 * l_2**2 * ones], -1).reshape(-1, 2, 2)
    velocity = np.linalg.solve(matrix, np.stack([p_1, p_2], -1)[..., np.newaxis])[..., 0].T
    energy = (p_1 * velocity[0] + p_2 * velocity[1]) / 2 + (m_1 + m_2) * g * l_1 * (1 - np.cos(q_1))
    energy = energy + m_2 * g * l_2 * (1 - np.cos(q_2))
    # dp/dt = dL/dq of the Lagrangian.
    force = m_2 * l_1 * l_2 * velocity[0] * velocity[1] * np.sin(q_1 - q_2)
    forces = -force - (m_1 + m_2) * g * l_1 * np.sin(q_1), force - m_2 * g * l_2 * np.sin(q_2)
    return energy, (*velocity, *forces)


# An independent oracle for each: H and the time derivative, written by hand in NumPy.
NAIVE = {
    systems.DoublePendulum: (
        systems.DoublePendulum(0.9, 1.4, 1.1, 0.7, 2.3),
        lambda *state: _double_pendulum(*state)[0],
        lambda *state: _double_pendulum(*state)[1],
    ),
    systems.Duffing: (
        systems.Duffing(mass=0.7, alpha=1.2, beta=0.4),
        lambda q, p: p**2 / 1.4 - 0.6 * q**2 + 0.1 * q**4,
        lambda q, p: (p / 0.7, 1.2 * q - 0.4 * q**3),
    ),
    systems.HenonHeiles: (
        systems.HenonHeiles(),
        lambda x, y, u, v: (u**2 + v**2 + x**2 + y**2) / 2 + x**2 * y - y**3 / 3,
        lambda x, y, u, v: (u, v, -x - 2 * x * y, -y - x**2 + y**2),
    ),
    systems.Kepler: (
        systems.Kepler(mu=1.3),
        lambda x, y, u, v: (u**2 + v**2) / 2 - 1.3 / np.hypot(x, y),
        lambda x, y, u, v: (u, v, -1.3 * x / np.hypot(x, y) ** 3, -1.3 * y / np.hypot(x, y) ** 3),
    ),
    systems.LotkaVolterra: (
        systems.LotkaVolterra(alpha=1.1, beta=0.7, gamma=0.9, delta=0.6),
        lambda q, p: 1.1 * p - 0.7 * np.exp(p) + 0.9 * q - 0.6 * np.exp(q),
        lambda q, p: (1.1 - 0.7 * np.exp(p), 0.6 * np.exp(q) - 0.9),
    ),
    systems.MassSpring: (
        systems.MassSpring(mass=0.7, spring_constant=1.9),
        lambda q, p: p**2 / 1.4 + 0.95 * q**2,
        lambda q, p: (p / 0.7, -1.9 * q),
    ),
    systems.NBody: (
        systems.NBody((0.8, 1.7, 1.2), gravitational_constant=1.3, softening=0.2),
        lambda *state: _bodies_energy(np.stack(state), (0.8, 1.7, 1.2), 1.3, 0.2),
        lambda *state: _bodies_motion(np.stack(state), (0.8, 1.7, 1.2), 1.3, 0.2),
    ),
    systems.Pendulum: (
        systems.Pendulum(inertia=0.6, gravity_torque=2.2),
        lambda q, p: p**2 / 1.2 + 2.2 * (1 - np.cos(q)),
        lambda q, p: (p / 0.6, -2.2 * np.sin(q)),
    ),
}
# An ellipse, a motion that stays bounded and regular, and bodies that don't come close to each other.
STARTS = {
    systems.Kepler: [0.6, 0.1, -0.2, 1.2],
    systems.DoublePendulum: [0.4, -0.3, 0.2, 0.5],
    systems.HenonHeiles: [0.3, 0.1, 0.2, 0.3],
    systems.NBody: [1.0, -0.7, 0.1, 0.1, 0.9, -1.0, -0.2, 0.6, 0.1, 0.7, 0.3, -1.0],
}
ALL = sorted(package_classes.subclasses(systems.System), key=lambda kind: kind.__name__)


def test_every_system_has_an_entry():
    assert set(NAIVE) == set(ALL)


def test_every_system_is_public():
    public = {name for name in systems.__all__ if isinstance(getattr(systems, name), type)}  # and not a function
    assert {kind.__name__ for kind in ALL} | {"System"} == public


@pytest.fixture(params=ALL, ids=lambda kind: kind.__name__)
def entry(request):
    return NAIVE[request.param]


def test_energy_equals_the_formula(entry, rng):
    system, energy, _ = entry
    state = rng.normal(size=[6, 2 * system.dof])
    np.testing.assert_allclose(system.hamiltonian(tf.constant(state)), energy(*state.T), rtol=1e-14)


def test_motion_equals_the_formula(entry, rng):
    system, _, motion = entry
    state = rng.normal(size=[6, 2 * system.dof])
    np.testing.assert_allclose(system(tf.constant(state)), np.stack(motion(*state.T), -1), rtol=1e-13)


def test_motion_in_numpy_equals_the_formula(entry, rng):
    system, _, motion = entry
    state = rng.normal(size=[6, 2 * system.dof])
    np.testing.assert_allclose(system.numpy_motion(state), np.stack(motion(*state.T), -1), rtol=1e-13)


def test_motion_does_not_change_the_energy(entry, rng):
    system, _, _ = entry
    state = tf.constant(rng.normal(size=[6, 2 * system.dof]))
    with tf.GradientTape() as tape:
        tape.watch(state)
        energy = system.hamiltonian(state)
    power = tf.reduce_sum(tape.gradient(energy, state) * system(state), -1)
    np.testing.assert_allclose(power, 0, atol=1e-14)


def test_declared_separability_is_true(entry, rng):
    system, _, _ = entry
    n = system.dof
    state = rng.normal(size=[5, 2 * n])
    swapped = np.concatenate([state[::-1, :n], state[:, n:]], -1)
    # T(p) + V(q): dq/dt must not notice another q.
    unchanged = np.allclose(system(tf.constant(state))[:, :n], system(tf.constant(swapped))[:, :n], atol=1e-15)
    assert unchanged == system.separable


def test_layout_is_declared(entry):
    system, _, _ = entry
    assert len(system.state_names) == len(system.state_units) == 2 * system.dof
    assert isinstance(system.energy_unit, str)  # empty where there are none


@pytest.mark.parametrize("value", [0.0, -1.0, np.nan, np.inf])
def test_parameters_that_are_not_positive_are_refused(entry, value):
    system, *_ = entry
    if isinstance(system, systems.NBody):
        pytest.skip("its parameters aren't all positive numbers; see test_n_body.py")
    for field in dataclasses.fields(system):
        with pytest.raises(ValueError, match="expected (a )?finite parameters? > 0"):
            dataclasses.replace(system, **{field.name: value})


def test_a_state_of_another_width_is_refused(entry):
    system, *_ = entry
    with pytest.raises(ValueError, match=rf"expected states \[..., {2 * system.dof}\]; received"):
        system(tf.zeros([3, 6], tf.float64))


def test_equal_parameters_make_equal_systems():
    assert systems.Pendulum() == systems.Pendulum(inertia=0.5, gravity_torque=3.0)


def test_the_defaults_are_the_reference_codes():
    state = tf.constant([[0.3, 0.4]], tf.float64)
    assert systems.MassSpring().hamiltonian(state).numpy() == pytest.approx(0.3**2 + 0.4**2)
    assert systems.Pendulum().hamiltonian(state).numpy() == pytest.approx(3 * (1 - np.cos(0.3)) + 0.4**2)


def _path(system, start, times, substeps):
    field = tf.function(system, autograph=False)  # one trace for the thirteen stages of a step
    return rollout_at_times(field, start, times, substeps=substeps, integrator="rk8")


def test_mass_spring_swings_at_its_frequency():
    times = np.linspace(0, 5, 11)
    path = _path(systems.MassSpring(), tf.constant([1.0, 0.0], tf.float64), times, 40)
    # omega = sqrt(2 / 0.5) = 2; 1e-12 is far above the eighth-order error at h = 0.0125.
    np.testing.assert_allclose(path[:, 0], np.cos(2 * times), atol=1e-12)


def test_pendulum_swings_as_the_elliptic_function():
    start, times = tf.constant([[2.0, 0.0], [-1.1, 1.3], [0.2, -2.0]], tf.float64), np.linspace(0, 5, 11)
    path = _path(systems.Pendulum(), start, times, 40)
    # 1e-12: the eighth-order error at this step, and ellipj's own few roundings.
    np.testing.assert_allclose(path, exact_solutions.pendulum(systems.Pendulum(), start, times), atol=1e-12)


@pytest.mark.parametrize("eccentricity", [0.0, 0.6])
def test_kepler_moves_by_keplers_equation(eccentricity):
    system, times = systems.Kepler(), np.linspace(0, 7, 8)
    start = tf.constant(system.at_pericentre(eccentricity))
    path = _path(system, start, times, 200)
    # 1e-11: the eighth-order error of the fastest passage at this step.
    np.testing.assert_allclose(path, exact_solutions.kepler(eccentricity, times), atol=1e-11)


@pytest.mark.parametrize("eccentricity", [-0.1, 1.0, np.nan])
def test_an_orbit_that_is_not_an_ellipse_is_refused(eccentricity):
    with pytest.raises(ValueError, match=r"eccentricity: expected a number in \[0, 1\)"):
        systems.Kepler().at_pericentre(eccentricity)


def test_the_motion_agrees_with_scipy(entry):
    system, _, motion = entry
    start = np.array(STARTS.get(type(system), [1.2, -0.4]))
    times = np.linspace(0, 4, 9)
    reference = scipy.integrate.solve_ivp(
        lambda _, s: np.array(motion(*s[:, np.newaxis]))[:, 0], (0, 4), start, "DOP853", times, rtol=1e-13, atol=1e-13
    ).y.T
    path = _path(system, tf.constant(start), times, 80)
    # 1e-11: DOP853 at rtol 1e-13 interpolates its output times a little less accurately.
    np.testing.assert_allclose(path, reference, atol=1e-11)
    solution = reference_solution(system, start[np.newaxis], times)[0]
    np.testing.assert_allclose(solution, reference, atol=1e-11)
