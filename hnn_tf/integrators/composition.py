"""Compositions: exact flows of the parts of H, one after another; coefficient tables through one kernel."""

import functools
from collections.abc import Callable, Sequence
from typing import ClassVar, TypeAlias

import tensorflow as tf

from hnn_tf.integrators.base import Increment, Integrator
from hnn_tf.typing import State, VectorField

Flow: TypeAlias = Callable[[VectorField, tf.Tensor, State], tf.Tensor]
"""Vector field, time, state -> the increment that the exact flow of one part of H adds to the state."""

Table: TypeAlias = tuple[tuple[Flow, float], ...]
"""Flows in their order, each with the fraction of the step for which it is followed."""


class Composition(Integrator):
    """The kernel: s' = (phi_k(c_k h) o ... o phi_1(c_1 h)) s, every phi the exact flow of a part of H.

    Flows of Hamiltonians are symplectic, and so is what is composed of them; a table that reads the same from both
    ends is time reversible. A subclass is a table.

    References:
      Hairer, Lubich, Wanner. Geometric Numerical Integration, 2nd ed., 2006, ch. II.
    """

    flows: ClassVar[Table]
    symplectic = True

    def increments(self, vector_field: VectorField, step_size: tf.Tensor) -> Sequence[Increment]:
        """One for each flow of the table."""
        return [functools.partial(flow, vector_field, fraction * step_size) for flow, fraction in self.flows]


def composed(table: Table, fractions: Sequence[float]) -> Table:
    """The table of steps of these fractions one after another; two of the same flow that meet are one."""
    flows: list[tuple[Flow, float]] = []
    for fraction in fractions:
        for flow, coefficient in table:
            if flows and flows[-1][0] is flow:
                flows[-1] = (flow, flows[-1][1] + fraction * coefficient)
            else:
                flows.append((flow, fraction * coefficient))
    return tuple(flows)


# The fractions of symmetric second-order steps that compose to a higher order; each list reads the same backwards.
_TWO_THIRDS = 1.0 / (2.0 - 2.0 ** (1.0 / 3.0))
TRIPLE_JUMP = (_TWO_THIRDS, 1.0 - 2.0 * _TWO_THIRDS, _TWO_THIRDS)
"""Order 4: Hairer, Lubich, Wanner, eq. II.4.4."""

_SIX = (0.78451361047755726382, 0.23557321335935813368, -1.17767998417887100695)
SEVEN_STEPS = (*_SIX, 1.0 - 2.0 * sum(_SIX), *reversed(_SIX))
"""Order 6: Yoshida's solution A; Hairer, Lubich, Wanner, eq. V.3.11."""
