"""Explicit Runge-Kutta methods, given by tableaus."""

from collections.abc import Sequence
from typing import ClassVar

import scipy.integrate
import tensorflow as tf

from hnn_tf.integrators.base import Increment, Integrator
from hnn_tf.typing import State, VectorField


class ExplicitRungeKutta(Integrator):
    """The base class of explicit methods: k_i = f(s + h sum_j a_ij k_j),  s' = s + h sum_i b_i k_i.

    The methods are not symplectic and do not conserve the energy exactly. The energy error grows with time, at the
    method's order. A subclass only defines a strictly lower triangular tableau `a` (stage rows) and its weights `b`.
    """

    a: ClassVar[tuple[tuple[float, ...], ...]]
    b: ClassVar[tuple[float, ...]]
    symplectic = False
    time_reversible = False
    requires_separable = False

    def increments(self, vector_field: VectorField, step_size: tf.Tensor) -> Sequence[Increment]:
        """Returns one increment: h sum_i b_i k_i."""

        def increment(state: State) -> tf.Tensor:
            slopes: list[tf.Tensor] = []
            for row in self.a:
                slopes.append(vector_field(state + step_size * _weighted(row, slopes) if any(row) else state))
            return step_size * _weighted(self.b, slopes)

        return [increment]


def _weighted(weights: Sequence[float], slopes: list[tf.Tensor]) -> tf.Tensor:
    # strict=False: the zeros of a row to the right of the diagonal have no slope yet.
    return tf.add_n([weight * slope for weight, slope in zip(weights, slopes, strict=False) if weight])


class RungeKutta4(ExplicitRungeKutta):
    """The classical fourth-order method.

    References:
      Hairer, Norsett, Wanner. Solving Ordinary Differential Equations I, 2nd ed., 1993, table II.1.2.
    """

    name = "rk4"
    order = 4
    stages = 4
    a = ((), (1 / 2,), (0, 1 / 2), (0, 0, 1))
    b = (1 / 6, 1 / 3, 1 / 3, 1 / 6)


class RungeKutta8(ExplicitRungeKutta):
    """The eighth-order, twelve-stage method of Dormand and Prince at a fixed step, for reference work.

    The tableau is SciPy's (`scipy.integrate.DOP853`); its error estimators and dense output are not used.

    References:
      Hairer, Norsett, Wanner. Solving Ordinary Differential Equations I, 2nd ed., 1993, section II.5.
    """

    name = "rk8"
    order = 8
    stages = 12
    a = tuple(tuple(float(x) for x in row[:i]) for i, row in enumerate(scipy.integrate.DOP853.A))
    b = tuple(float(x) for x in scipy.integrate.DOP853.B)
