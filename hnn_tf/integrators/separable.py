"""Methods for separable Hamiltonians: compositions of kicks and drifts."""

import tensorflow as tf

from hnn_tf import phase_space
from hnn_tf.integrators.composition import SEVEN_STEPS, TRIPLE_JUMP, Composition, composed
from hnn_tf.typing import State, VectorField


def kick(vector_field: VectorField, time: tf.Tensor, state: State) -> tf.Tensor:
    """Flow of V(q): p moves by -time dV/dq(q)."""
    # The half of the field that isn't taken is dead code, which grappler and XLA remove.
    dp_dt = phase_space.split(vector_field(state))[1]
    return phase_space.join(tf.zeros_like(dp_dt), time * dp_dt)


def drift(vector_field: VectorField, time: tf.Tensor, state: State) -> tf.Tensor:
    """Flow of T(p): q moves by time dT/dp(p), which is p only if T = p^2/2."""
    dq_dt = phase_space.split(vector_field(state))[0]
    return phase_space.join(time * dq_dt, tf.zeros_like(dq_dt))


class _Separable(Composition):
    requires_separable = True


class SymplecticEuler(_Separable):
    """Symplectic, or semi-implicit, Euler: p' = p - h dV/dq(q),  q' = q + h dT/dp(p').

    Kick first, as in most physics engines (Gymnasium's pendulum); not drift first, and not Euler's method, which is
    neither symplectic nor stable for oscillators.

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

    q moves with dT/dp, not with p. Not drift-kick-drift ("position Verlet").

    References:
      Hairer, Lubich, Wanner. Geometric Numerical Integration, 2nd ed., 2006, section I.1.4.
    """

    name = "leapfrog"
    order = 2
    stages = 3
    time_reversible = True
    flows = ((kick, 0.5), (drift, 1.0), (kick, 0.5))


class Yoshida4(_Separable):
    """Three leapfrog steps, of which the middle one goes backwards.

    These are the coefficients of Forest and Ruth, too, who begin with a drift where this begins with a kick: for
    T and V of the same shape, the same method, so it isn't there twice. Its error constant is large: `BlanesMoan4`
    costs twice as much a step and is more than a hundred times as accurate.

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


# Blanes and Moan, table 2, method S6 of order 4: its drifts and its kicks, up to the middle of the step.
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

    The best of these for most separable problems: of all methods of its order and cost, its error constant is the
    least that they found.

    References:
      Blanes, Moan. Practical symplectic partitioned Runge-Kutta and Runge-Kutta-Nystroem methods. Journal of
      Computational and Applied Mathematics 142, 2002.
    """

    name = "blanes_moan4"
    order = 4
    stages = 13
    time_reversible = True
    flows = (*_HALF, (drift, 1.0 - 2.0 * sum(_DRIFTS)), *reversed(_HALF))
