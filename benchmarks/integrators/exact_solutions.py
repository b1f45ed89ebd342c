"""Solutions of true systems that do not depend on an integrator of this package."""

import numpy as np
import scipy.integrate
import scipy.special
from numpy.typing import ArrayLike

from hnn_tf.systems import Pendulum


def pendulum(system: Pendulum, start: ArrayLike, times: ArrayLike) -> np.ndarray:
    """Returns states `[..., T, 2]` of swinging pendulums from states `[..., 2]`, by Jacobi's functions.

    The initial states may be at rest or in motion.

    References:
      Landau, Lifshitz. Mechanics, 3rd ed., 1976, section 11.
    """
    start = np.asarray(start, float)[..., np.newaxis, :]
    q, p = start[..., 0], start[..., 1]
    omega = np.sqrt(system.gravity_torque / system.inertia)
    # sin(q / 2) = k sn(u) and p = -2 I omega k cn(u), where u = u_0 - omega t.
    sine, cosine = np.sin(q / 2), -p / (2 * system.inertia * omega)
    k = np.hypot(sine, cosine)
    u = scipy.special.ellipkinc(np.arctan2(sine, cosine), k**2) - omega * np.asarray(times)
    sn, cn, *_ = scipy.special.ellipj(u, k**2)
    return np.stack([2 * np.arcsin(k * sn), -2 * system.inertia * omega * k * cn], -1)


def kepler(eccentricity: float, times: np.ndarray) -> np.ndarray:
    """Returns states `[T, 4]` of `Kepler()` from the pericentre of an ellipse of semi-major axis 1.

    The states are solutions of Kepler's equation.

    References:
      Danby. Fundamentals of Celestial Mechanics, 2nd ed., 1988, chapter 6.
    """
    mean_anomaly = np.mod(np.asarray(times, float) + np.pi, 2 * np.pi) - np.pi
    anomaly = mean_anomaly + eccentricity * np.sin(mean_anomaly)
    for _ in range(50):  # Newton's method needs about five steps
        residual = anomaly - eccentricity * np.sin(anomaly) - mean_anomaly
        anomaly = anomaly - residual / (1 - eccentricity * np.cos(anomaly))
    minor, speed = np.sqrt(1 - eccentricity**2), 1 / (1 - eccentricity * np.cos(anomaly))
    position = [np.cos(anomaly) - eccentricity, minor * np.sin(anomaly)]
    return np.stack([*position, -np.sin(anomaly) * speed, minor * np.cos(anomaly) * speed], -1)


def henon_heiles(start: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Returns states `[T, 4]` of `HenonHeiles()`, from SciPy's DOP853 at its tightest tolerance.

    The system has no closed solution.
    """

    def motion(_: float, state: np.ndarray) -> tuple:
        x, y, u, v = state
        return u, v, -x - 2 * x * y, -y - x**2 + y**2

    return scipy.integrate.solve_ivp(motion, (times[0], times[-1]), start, "DOP853", times, rtol=3e-14, atol=1e-15).y.T
