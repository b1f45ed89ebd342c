"""Chaotic motions have a Lyapunov time, and regular ones have none."""

import numpy as np
import pytest
import tensorflow as tf

from hnn_tf import systems
from hnn_tf.numerics.symplectic_gradient import symplectic_gradient
from hnn_tf.own_data.lyapunov import lyapunov_time


class Motion:
    """The motion of a system, as a model declares it."""

    compute_dtype = "float64"

    def __init__(self, system):
        self._system = system

    def __call__(self, state):
        return self._system(state)


def of(hamiltonian):
    return Motion(lambda state: symplectic_gradient(hamiltonian, state))


OSCILLATOR = of(lambda s: 0.5 * tf.reduce_sum(s * s, -1) + 0.25 * s[..., 0] ** 4)


def henon_heiles(energy):
    """A start of this energy, whose motion is regular for 0.04 and chaotic for 0.16."""
    y, p_y = -0.1, 0.1
    return np.array([0.0, y, np.sqrt(2 * energy - p_y**2 - y**2 + 2 / 3 * y**3), p_y])


@pytest.mark.slow
def test_a_chaotic_motion_has_a_lyapunov_time():
    found = lyapunov_time(Motion(systems.HenonHeiles()), henon_heiles(0.16), duration=400.0, step=0.1)
    # The exponent of the chaotic sea at this energy is about 0.13, and varies by a third over such times.
    assert found == pytest.approx(1 / 0.13, rel=0.35)


@pytest.mark.slow
@pytest.mark.parametrize(("angle", "chaotic"), [(0.5, False), (2.0, True)])
def test_a_double_pendulum_is_chaotic_only_at_large_angles(angle, chaotic):
    start = np.array([angle, angle, 0.0, 0.0])
    found = lyapunov_time(Motion(systems.DoublePendulum()), start, duration=200.0, step=0.02)
    assert (found is not None) == chaotic


@pytest.mark.slow
@pytest.mark.parametrize(
    ("motion", "start", "duration"),
    [
        (OSCILLATOR, np.array([1.0, 0.0]), 60.0),
        (OSCILLATOR, np.array([2.0, 0.5]), 600.0),
        (Motion(systems.HenonHeiles()), henon_heiles(0.04), 600.0),
        (Motion(systems.Pendulum()), np.array([1.5, 0.0]), 60.0),
    ],
)
def test_a_regular_motion_has_none(motion, start, duration):
    assert lyapunov_time(motion, start, duration=duration, step=0.1) is None


def test_a_damped_motion_has_none():
    damped = Motion(lambda s: tf.stack([s[..., 1], -s[..., 0] - 0.5 * s[..., 1]], -1))
    assert lyapunov_time(damped, np.array([1.0, 0.0]), duration=60.0, step=0.1) is None


def test_an_unstable_motion_has_the_time_of_its_exponent():
    rising = Motion(lambda s: 0.2 * s)
    assert lyapunov_time(rising, np.array([1e-3, 1e-3]), duration=60.0, step=0.1) == pytest.approx(5.0, rel=1e-4)


def test_a_motion_that_diverges_has_none():
    blowing_up = Motion(lambda s: s * s * s)
    assert lyapunov_time(blowing_up, np.array([1.0, 1.0]), duration=60.0, step=0.1) is None
