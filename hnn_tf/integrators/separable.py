"""Methods for separable Hamiltonians: compositions of kicks and drifts."""

import tensorflow as tf

from hnn_tf import phase_space
from hnn_tf.integrators.composition import SEVEN_STEPS, TRIPLE_JUMP, Composition, composed
from hnn_tf.typing import State, VectorField


def kick(vector_field: VectorField, time: tf.Tensor, state: State) -> tf.Tensor:
    """Returns the increment of the flow of V(q): p moves by -time dV/dq(q)."""
    # Grappler and XLA remove the computation of the unused half of the field.
    dp_dt = phase_space.split(vector_field(state))[1]
    return phase_space.join(tf.zeros_like(dp_dt), time * dp_dt)


def drift(vector_field: VectorField, time: tf.Tensor, state: State) -> tf.Tensor:
    """Returns the increment of the flow of T(p): q moves by time dT/dp(p), which is time p only if T = p^2/2."""
    dq_dt = phase_space.split(vector_field(state))[0]
    return phase_space.join(time * dq_dt, tf.zeros_like(dq_dt))


class _Separable(Composition):
    requires_separable = True


class SymplecticEuler(_Separable):
    """Symplectic, or semi-implicit, Euler: p' = p - h dV/dq(q),  q' = q + h dT/dp(p').

    The kick comes first, as in most physics engines (for example, in Gymnasium's pendulum). There is also a variant in
    which the drift comes first; this class is not that variant. Euler's own method is neither symplectic nor stable for
    oscillators.

    References:
      Hairer, Lubich, Wanner. Geometric Numerical Integration, 2nd ed., 2006, eq. I.1.9.
    """

    name = "symplectic_euler"
    order = 1
    stages = 2
    time_reversible = False
    flows = ((kick, 1.0), (drift, 1.0))


class Leapfrog(_Separable):
    """Kick-drift-kick leapfrog, also called velocity Verlet or Stoermer-Verlet.

    p' = p - (h/2) dV/dq(q),  q' = q + h dT/dp(p'),  p'' = p' - (h/2) dV/dq(q').

    q moves with dT/dp, not with p. The variant drift-kick-drift ("position Verlet") is a different method.

    References:
      Hairer, Lubich, Wanner. Geometric Numerical Integration, 2nd ed., 2006, section I.1.4.
    """

    name = "leapfrog"
    order = 2
    stages = 3
    time_reversible = True
    flows = ((kick, 0.5), (drift, 1.0), (kick, 0.5))


class Yoshida4(_Separable):
    """Three leapfrog steps, of which the middle step goes backwards.

    Forest and Ruth found the same coefficients. Their method begins with a drift, and this method begins with a kick.
    The two methods are the same when T and V have the same shape, so the package has only this one. The error constant
    of this method is large: `BlanesMoan4` costs twice as much per step and is more than a hundred times as accurate.

    References:
      Yoshida. Construction of higher order symplectic integrators. Physics Letters A 150, 1990.
      Forest, Ruth. Fourth-order symplectic integration. Physica D 43, 1990.
    """

    name = "yoshida4"
    order = 4
    stages = 7
    time_reversible = True
    flows = composed(Leapfrog.flows, TRIPLE_JUMP)


class Yoshida6(_Separable):
    """Seven leapfrog steps, with Yoshida's solution A.

    References:
      Yoshida. Construction of higher order symplectic integrators. Physics Letters A 150, 1990, table 1.
    """

    name = "yoshida6"
    order = 6
    stages = 15
    time_reversible = True
    flows = composed(Leapfrog.flows, SEVEN_STEPS)


# The drifts and kicks of method S6 of order 4 in table 2 of Blanes and Moan, up to the middle of the step.
_DRIFTS = (0.0792036964311957, 0.353172906049774, -0.0420650803577195)
_KICKS = (0.209515106613362, -0.143851773179818)
_HALF = [
    (drift, _DRIFTS[0]),
    (kick, _KICKS[0]),
    (drift, _DRIFTS[1]),
    (kick, _KICKS[1]),
    (drift, _DRIFTS[2]),
    (kick, 0.5 - sum(_KICKS)),
]


class BlanesMoan4(_Separable):
    """The optimised fourth-order method of Blanes and Moan: six kicks between seven drifts.

    For most separable problems, this method is the best of the compositions of kicks and drifts here. Its error
    constant is the smallest that Blanes and Moan found among methods of the same order and cost.

    References:
      Blanes, Moan. Practical symplectic partitioned Runge-Kutta and Runge-Kutta-Nystroem methods. Journal of
      Computational and Applied Mathematics 142, 2002.
    """

    name = "blanes_moan4"
    order = 4
    stages = 13
    time_reversible = True
    flows = (*_HALF, (drift, 1.0 - 2.0 * sum(_DRIFTS)), *reversed(_HALF))
