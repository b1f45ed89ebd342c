"""Leapfrog."""

import tensorflow as tf

from hnn_tf import phase_space
from hnn_tf.integrators.base import Integrator
from hnn_tf.typing import State, VectorField


class Leapfrog(Integrator):
    """Kick-drift-kick leapfrog, also called velocity Verlet or Stoermer-Verlet.

    p' = p - (h/2) dV/dq(q),  q' = q + h dT/dp(p'),  p'' = p' - (h/2) dV/dq(q').

    Second order, symplectic and time reversible for separable H = T(p) + V(q), which it requires: q moves
    with dT/dp, not with p (the two agree only for T = p^2/2). Not drift-kick-drift ("position Verlet").

    References:
      Hairer, Lubich, Wanner. Geometric Numerical Integration, 2nd ed., 2006, section I.1.4.
    """

    name = "leapfrog"
    order = 2
    stages = 3
    symplectic = True
    time_reversible = True
    requires_separable = True

    def step(self, vector_field: VectorField, state: State, step_size: tf.Tensor) -> State:
        """One step; see `Integrator.step`."""
        q, p = phase_space.split(state)
        p = p + 0.5 * step_size * _dp_dt(vector_field, q, p)
        q = q + step_size * _dq_dt(vector_field, q, p)
        return phase_space.join(q, p + 0.5 * step_size * _dp_dt(vector_field, q, p))


# The half of the field that isn't taken is dead code, which grappler and XLA remove.
def _dq_dt(vector_field: VectorField, q: tf.Tensor, p: tf.Tensor) -> tf.Tensor:
    return phase_space.split(vector_field(phase_space.join(q, p)))[0]


def _dp_dt(vector_field: VectorField, q: tf.Tensor, p: tf.Tensor) -> tf.Tensor:
    return phase_space.split(vector_field(phase_space.join(q, p)))[1]
