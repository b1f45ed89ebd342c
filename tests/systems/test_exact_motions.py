"""The systems of the reference code: its constants, and motions that have a formula."""

import numpy as np
import pytest
import tensorflow as tf

from benchmarks.integrators import exact_solutions
from hnn_tf import rollout_at_times, systems


def test_equal_parameters_make_equal_systems():
    assert systems.Pendulum() == systems.Pendulum(inertia=0.5, gravity_torque=3.0)


def test_the_defaults_are_the_reference_codes():
    state = tf.constant([[0.3, 0.4]], tf.float64)
    assert systems.MassSpring().hamiltonian(state).numpy() == pytest.approx(0.3**2 + 0.4**2)
    assert systems.Pendulum().hamiltonian(state).numpy() == pytest.approx(3 * (1 - np.cos(0.3)) + 0.4**2)


def test_mass_spring_swings_at_its_frequency():
    times = np.linspace(0, 5, 11)
    path = rollout_at_times(
        systems.MassSpring(), tf.constant([1.0, 0.0], tf.float64), times, substeps=40, integrator="rk8"
    )
    # omega = sqrt(2 / 0.5) = 2; 1e-12 is far above the eighth-order error at h = 0.0125.
    np.testing.assert_allclose(path[:, 0], np.cos(2 * times), atol=1e-12)


def test_pendulum_swings_as_the_elliptic_function():
    start, times = tf.constant([[2.0, 0.0], [-1.1, 1.3], [0.2, -2.0]], tf.float64), np.linspace(0, 5, 11)
    path = rollout_at_times(systems.Pendulum(), start, times, substeps=40, integrator="rk8")
    # 1e-12: the eighth-order error at this step, and ellipj's own few roundings.
    np.testing.assert_allclose(path, exact_solutions.pendulum(systems.Pendulum(), start, times), atol=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("eccentricity", [0.0, 0.6])
def test_kepler_moves_by_keplers_equation(eccentricity):
    system, times = systems.Kepler(), np.linspace(0, 7, 8)
    start = tf.constant(system.at_pericentre(eccentricity))
    path = rollout_at_times(system, start, times, substeps=200, integrator="rk8")
    # 1e-11: the eighth-order error of the fastest passage at this step.
    np.testing.assert_allclose(path, exact_solutions.kepler(eccentricity, times), atol=1e-11)


@pytest.mark.parametrize("eccentricity", [-0.1, 1.0, np.nan])
def test_an_orbit_that_is_not_an_ellipse_is_refused(eccentricity):
    with pytest.raises(ValueError, match=r"eccentricity: expected a number in \[0, 1\)"):
        systems.Kepler().at_pericentre(eccentricity)
