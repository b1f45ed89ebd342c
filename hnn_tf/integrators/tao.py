"""Explicit symplectic methods for Hamiltonians that are not separable."""

import dataclasses
import functools
from collections.abc import Sequence
from typing import ClassVar

import tensorflow as tf

from hnn_tf import phase_space
from hnn_tf.integrators.base import Increment
from hnn_tf.integrators.composition import TRIPLE_JUMP, Composition, Table, composed
from hnn_tf.typing import State, VectorField

_OMEGA = 5.0


def _pair_a(vector_field: VectorField, time: tf.Tensor, extended: State) -> tf.Tensor:
    """Returns the increment of the flow of H(q, y), which moves x and p."""
    q, x, p, y = _parts(extended)
    dx_dt, dp_dt = phase_space.split(vector_field(phase_space.join(q, y)))
    return _join(tf.zeros_like(q), time * dx_dt, time * dp_dt, tf.zeros_like(y))


def _pair_b(vector_field: VectorField, time: tf.Tensor, extended: State) -> tf.Tensor:
    """Returns the increment of the flow of H(x, p), which moves q and y."""
    q, x, p, y = _parts(extended)
    dq_dt, dy_dt = phase_space.split(vector_field(phase_space.join(x, p)))
    return _join(time * dq_dt, tf.zeros_like(x), tf.zeros_like(p), time * dy_dt)


def _binding(vector_field: VectorField, time: tf.Tensor, extended: State, omega: float = _OMEGA) -> tf.Tensor:
    """Returns the increment of the flow of omega (|q - x|^2 + |p - y|^2) / 2: both copies turn around their mean."""
    del vector_field
    q, x, p, y = _parts(extended)
    angle = 2.0 * omega * time
    # The half-angle formula for cos - 1 keeps all digits for small angles.
    cosine_less_one, sine = -2.0 * tf.sin(0.5 * angle) ** 2, tf.sin(angle)
    dq = 0.5 * (cosine_less_one * (q - x) + sine * (p - y))
    dp = 0.5 * (cosine_less_one * (p - y) - sine * (q - x))
    return _join(dq, -dq, dp, -dp)


def _parts(extended: State) -> tuple[tf.Tensor, ...]:
    positions, momenta = phase_space.split(extended)
    return *phase_space.split(positions), *phase_space.split(momenta)


def _join(q: tf.Tensor, x: tf.Tensor, p: tf.Tensor, y: tf.Tensor) -> State:
    return phase_space.join(phase_space.join(q, x), phase_space.join(p, y))


@dataclasses.dataclass(frozen=True)
class Tao2(Composition):
    """A method with two copies of the state, each moved by half of the other copy, and bound to each other.

    The method integrates H(q, y) + H(x, p) + omega (|q - x|^2 + |p - y|^2) / 2, from x = q, y = p. Each of the three
    parts has an exact flow, and the method is the symmetric composition of these flows. For every Hamiltonian, the
    method is explicit, and symplectic in the extended phase space of positions (q, x) and momenta (p, y). The rollout
    carries both copies from step to step and returns the first copy.

    Args:
      omega: The strength > 0 of the binding between the copies, in 1 / time. Without a binding, the copies drift apart
        in long runs. A larger omega needs a smaller step: step_size * omega should be well below 1. Where H is very
        curved, omega must be larger than the default: on Kepler's orbit of eccentricity 0.6, omega = 20 keeps the
        copies together, and omega = 5 is too small.

    Raises:
      ValueError: If omega is not a finite number > 0.

    References:
      Tao. Explicit symplectic approximation of nonseparable Hamiltonians: algorithm and long time performance. Physical
      Review E 94, 2016. arXiv:1609.02212.
    """

    omega: float = _OMEGA

    name = "tao2"
    order = 2
    stages = 4
    time_reversible = True
    requires_separable = False
    flows: ClassVar[Table] = ((_pair_a, 0.5), (_pair_b, 0.5), (_binding, 1.0), (_pair_b, 0.5), (_pair_a, 0.5))

    def __post_init__(self) -> None:
        if not 0 < self.omega < float("inf"):
            raise ValueError(f"omega: expected a finite number > 0; received {self.omega}")

    def increments(self, vector_field: VectorField, step_size: tf.Tensor) -> Sequence[Increment]:
        """Returns one increment for each flow of the table."""
        bound = functools.partial(_binding, omega=self.omega)
        return [
            functools.partial(bound if flow is _binding else flow, vector_field, fraction * step_size)
            for flow, fraction in self.flows
        ]

    def extend(self, state: State) -> State:
        """Returns both copies `[..., 4n]` of a state `[..., 2n]`: concat(q, x, p, y), where x = q and y = p."""
        q, p = phase_space.split(state)
        return _join(q, q, p, p)

    def restrict(self, extended: State) -> State:
        """Returns the first copy, (q, p)."""
        q, _, p, _ = _parts(extended)
        return phase_space.join(q, p)


@dataclasses.dataclass(frozen=True)
class Tao4(Tao2):
    """Three steps of `Tao2`, of which the middle step goes backwards.

    References:
      Tao. arXiv:1609.02212, section II.
    """

    name = "tao4"
    order = 4
    stages = 10
    flows: ClassVar[Table] = composed(Tao2.flows, TRIPLE_JUMP)
