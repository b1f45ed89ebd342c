"""A pole on a cart."""

import dataclasses
from typing import Any

import numpy as np
import tensorflow as tf

from hnn_tf.systems.base import System
from hnn_tf.systems.parameters import check_not_negative, check_positive
from hnn_tf.systems.two_velocities import two_velocities
from hnn_tf.typing import State


@dataclasses.dataclass(frozen=True)
class CartPole(System):
    """A cart on a horizontal rail, and a point mass on a massless pole that turns on the cart. A force moves the cart.

    H(q, p) = p^T M(q)^-1 p / 2 + m g l (1 - cos theta),  q = (x, theta),
    M(q) = [[m_c + m, m l cos theta], [m l cos theta, m l^2]].

    x is the position of the cart (m), and theta the angle of the pole from the HANGING position (rad). The point mass
    is at (x + l sin theta, -l cos theta), and the upright pole has theta = pi. p = M(q) dq/dt are the generalised
    momenta (kg m/s and kg m^2/s), and H is the energy (J). The input is the force on the cart in the direction of x
    (N). Friction adds -c_x dx/dt to dp_x/dt, and -c_theta dtheta/dt to dp_theta/dt.

    Args:
      cart_mass: m_c > 0, in kg.
      pole_mass: m > 0, in kg.
      pole_length: l > 0, in m.
      gravity: g > 0, in m/s^2.
      cart_damping: c_x >= 0, the friction of the cart, in N s/m.
      pole_damping: c_theta >= 0, the friction in the pole's joint, in N m s.

    Raises:
      InputError: If a parameter is not as described above.

    References:
      Tedrake. Underactuated Robotics. https://underactuated.mit.edu, section "Cart-pole", whose angle is the same.
    """

    cart_mass: float = 1.0
    pole_mass: float = 0.1
    pole_length: float = 0.5
    gravity: float = 9.81
    cart_damping: float = 0.0
    pole_damping: float = 0.0

    dof = 2
    separable = False
    conservative = False
    state_names = ("x", "theta", "p_x", "p_theta")
    state_units = ("m", "rad", "kg m/s", "kg m²/s")
    energy_unit = "J"
    num_inputs = 1
    input_names = ("force",)
    input_units = ("N",)

    def __post_init__(self) -> None:
        check_positive(self, "cart_mass", "pole_mass", "pole_length", "gravity")
        check_not_negative(self, "cart_damping", "pole_damping")

    def hamiltonian(self, state: State) -> tf.Tensor:
        """Returns the energy `[...]` (J) of states `[..., 4]`."""
        q, p = self.split(state)
        theta, p_x, p_theta = q[..., 1], p[..., 0], p[..., 1]
        cosine = tf.cos(theta)
        v_x, v_theta = self._velocities(cosine, p_x, p_theta)
        lift = self.pole_length * (1.0 - cosine)
        return 0.5 * (p_x * v_x + p_theta * v_theta) + self.pole_mass * self.gravity * lift

    def dissipation(self, state: State) -> Any:
        """Returns R = diag(0, 0, c_x, c_theta), or None without friction."""
        del state
        damping = self.cart_damping, self.pole_damping
        return np.diag([0.0, 0.0, *damping]) if any(damping) else None

    def control(self, state: State) -> Any:
        """Returns G `[4, 1]`: the force acts on p_x."""
        del state
        return [[0.0], [0.0], [1.0], [0.0]]

    def numpy_symplectic_gradient(self, states: np.ndarray) -> np.ndarray:
        """Returns J grad H `[N, 4]` at states `[N, 4]`, written out in NumPy.

        (v_x, v_theta, 0, -m l (v_x v_theta + g) sin theta),  where v = M^-1 p.
        """
        _, theta, p_x, p_theta = states.T
        v_x, v_theta = self._velocities(np.cos(theta), p_x, p_theta)
        torque = -self.pole_mass * self.pole_length * (v_x * v_theta + self.gravity) * np.sin(theta)
        return np.stack([v_x, v_theta, np.zeros_like(v_x), torque]).T

    def _velocities(self, cosine: Any, p_x: Any, p_theta: Any) -> tuple[Any, Any]:
        """Returns dx/dt and dtheta/dt, of the cosine of theta and the momenta."""
        moment = self.pole_mass * self.pole_length
        return two_velocities(self.cart_mass + self.pole_mass, moment * cosine, moment * self.pole_length, p_x, p_theta)
