"""Compositions: methods that apply the exact flows of parts of H one after another, given by tables."""

import functools
from collections.abc import Callable, Sequence
from typing import ClassVar, TypeAlias

import tensorflow as tf

from hnn_tf.integrators.base import Increment, Integrator
from hnn_tf.typing import State, VectorField

Flow: TypeAlias = Callable[[VectorField, tf.Tensor, State], tf.Tensor]
"""A function (vector field, time, state) -> the increment that the exact flow of one part of H adds to the state."""

Table: TypeAlias = tuple[tuple[Flow, float], ...]
"""The flows in their order, each with the fraction of the step for which the state follows it."""


class Composition(Integrator):
    """The base class of all compositions: s' = (phi_k(c_k h) o ... o phi_1(c_1 h)) s.

    Each phi_i is the exact flow of a part of H.

    Flows of Hamiltonians are symplectic, and therefore their compositions are symplectic, too. A composition is time
    reversible if its table reads the same from both ends. A subclass only defines the table.

    References:
      Hairer, Lubich, Wanner. Geometric Numerical Integration, 2nd ed., 2006, ch. II.
    """

    flows: ClassVar[Table]
    symplectic = True

    def increments(self, vector_field: VectorField, step_size: tf.Tensor) -> Sequence[Increment]:
        """Returns one increment for each flow of the table."""
        return [functools.partial(flow, vector_field, fraction * step_size) for flow, fraction in self.flows]


def composed(table: Table, fractions: Sequence[float]) -> Table:
    """Returns the table of steps of the given fractions, one after another.

    Two consecutive entries of the same flow become one entry.
    """
    flows: list[tuple[Flow, float]] = []
    for fraction in fractions:
        for flow, coefficient in table:
            if flows and flows[-1][0] is flow:
                flows[-1] = (flow, flows[-1][1] + fraction * coefficient)
            else:
                flows.append((flow, fraction * coefficient))
    return tuple(flows)


# Symmetric second-order steps of these fractions compose to a method of higher order. Each list reads the same
# backwards.
_TWO_THIRDS = 1.0 / (2.0 - 2.0 ** (1.0 / 3.0))
TRIPLE_JUMP = (_TWO_THIRDS, 1.0 - 2.0 * _TWO_THIRDS, _TWO_THIRDS)
"""The fractions for order 4: Hairer, Lubich, Wanner, eq. II.4.4."""

_SIX = (0.78451361047755726382, 0.23557321335935813368, -1.17767998417887100695)
SEVEN_STEPS = (*_SIX, 1.0 - 2.0 * sum(_SIX), *reversed(_SIX))
"""The fractions for order 6, Yoshida's solution A: Hairer, Lubich, Wanner, eq. V.3.11."""
