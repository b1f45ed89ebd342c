"""The Hamiltonian of bodies that act on each other in pairs."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from hnn_tf import phase_space
from hnn_tf.input_error import InputError
from hnn_tf.models.body_pairs import BodyPairs, PairBlock
from hnn_tf.models.energy_layer import EnergyLayer
from hnn_tf.models.quadratic_kinetic import QuadraticKinetic
from hnn_tf.motion_parameters import at_parameters, of_every_state
from hnn_tf.numerics.symplectic_gradient import scalar_gradient
from hnn_tf.typing import Hamiltonian, State

_LEAST_SQUARE = 1e-18
"""The least |q_i - q_j|^2. Its square is still a normal number in float32, so that derivatives of the force are finite,
too."""


@keras.saving.register_keras_serializable(package="hnn_tf")
class PairwiseHamiltonian(EnergyLayer):
    """The Hamiltonian of bodies that act on each other in pairs, at a distance.

    H(q, p) = sum_i |p_i|^2 / (2 m_i) + sum_{i<j} V(log |q_i - q_j|, kinds of i and j).

    H does not change if all bodies are moved or turned together. The motion therefore conserves the total momentum and
    the angular momentum, up to rounding. Without `pairs`, H does not change either if bodies of the same kind change
    their places. Without `kinds` and `pairs`, all bodies are equal, and the same layer works for any number of bodies:
    `HamiltonianNetwork(trained.hamiltonian)` is a model of more bodies than the trained one has seen.

    A power law r^-k of the distance changes by the same factor for each unit of log r, so that V is as easy to learn at
    small as at large distances.

    The energies of more than 128 pairs, as those of 17 bodies, are computed in blocks of at most 128 pairs, one after
    the other. The hidden layers of the potential then take the memory of one block, `[..., 128, width]`. A training
    also keeps the values of all blocks for its derivatives.

    Args:
      potential: V, a Keras layer from `[..., 1 + k]` to the energy `[...]` or `[..., 1]`, for example `MLPEnergy()`.
        Its inputs are the logarithm of the distance and, for more than one kind, k numbers. k is the number of pairs of
        kinds. The number of the pair's own kinds is 1, and the others are 0. If V has parameters, as
        `MLPEnergy(num_parameters=k)`, H has the same parameters.
      dimension: The dimension of the space. The state is component-major, as in `systems.NBody`: (x_1, x_2, ...,
        y_1, y_2, ..., p_x1, p_x2, ...).
      kinds: The kind of each body, numbers 0, 1, ... By default, all bodies are of one kind.
      pairs: The pairs (i, j) of bodies that act on each other. By default, all bodies do.
      masses: The known mass of each kind. By default, the masses are learned, and start at 1.

    Attributes:
      kinetic: The `QuadraticKinetic` of one momentum of each kind, which holds the masses.

    Input: state `[..., 2n]`, n = number of bodies times dimension, and, with parameters, `parameters` `[..., k]` or
    `[k]`. Output: energy `[...]`.

    Raises:
      TypeError: If `potential` is not a Keras layer.
      InputError: If an option is not as described above, or the state is not that of at least two bodies.

    References:
      Sanchez-Gonzalez, Bapst, Cranmer, Battaglia. Hamiltonian Graph Networks with ODE Integrators. arXiv:1909.12790.
    """

    even_in_momenta = True
    separable = True
    parts = ("potential",)

    def __init__(
        self,
        potential: keras.layers.Layer,
        *,
        dimension: int = 2,
        kinds: Sequence[int] | None = None,
        pairs: Sequence[tuple[int, int]] | None = None,
        masses: float | Sequence[float] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(potential=potential, **kwargs)
        if isinstance(dimension, bool) or dimension != int(dimension) or dimension < 1:
            raise InputError(f"dimension: expected an integer >= 1; received {dimension}")
        self.dimension = int(dimension)
        self.kinds = None if kinds is None else tuple(int(kind) for kind in kinds)
        if self.kinds is not None and (not self.kinds or set(self.kinds) != set(range(max(self.kinds) + 1))):
            raise InputError(f"kinds: expected numbers 0, 1, ... without gaps; received {self.kinds}")
        self.pairs = None if pairs is None else tuple((int(i), int(j)) for i, j in pairs)
        if self.pairs is not None and len({frozenset(pair) for pair in self.pairs}) < max(len(self.pairs), 1):
            raise InputError(f"pairs: expected at least one pair (i, j), and each pair once; received {self.pairs}")
        self._num_kinds = 1 if self.kinds is None else max(self.kinds) + 1
        if masses is not None and np.size(masses) != self._num_kinds:
            raise InputError(f"masses: expected {self._num_kinds}, one for each kind; received {masses!r}")
        self.kinetic = QuadraticKinetic(masses, dtype=self.dtype_policy, trainable=self.trainable, name="kinetic")

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Builds the potential and the masses, whose sizes do not depend on the number of bodies."""
        self._check(input_shape)
        kinds = self._num_kinds
        self._build_energy("potential", 1 + (kinds * (kinds + 1) // 2 if kinds > 1 else 0))
        self.kinetic.build([None, kinds])

    @property
    def num_parameters(self) -> int:
        """k, the number of parameters, as V declares it."""
        return self._most_parameters()

    @property
    def masses(self) -> tf.Tensor:
        """The mass of each kind `[kinds]`."""
        return self.kinetic.masses

    def call(self, state: State, parameters: tf.Tensor | None = None) -> tf.Tensor:
        """Returns the energy `[...]` of states `[..., 2n]` and, if V has some, of parameters `[..., k]`."""
        q, p = self._bodies(state)
        kinetic = 0.5 * tf.reduce_sum(p * p / self._mass_of_bodies(p.shape[-1]), [-2, -1])
        return kinetic + self._sum_of_pairs(self._energy, q, parameters)

    def gradient(self, state: State, parameters: tf.Tensor | None = None) -> tf.Tensor:
        """Returns dH/ds `[..., 2n]` at states `[..., 2n]` and, if V has some, at parameters `[..., k]`."""
        q, p = self._bodies(state)
        of_bodies = self._sum_of_pairs(self._energy_gradient, q, parameters)
        return phase_space.join(self._flat(of_bodies), self._flat(p / self._mass_of_bodies(p.shape[-1])))

    def physical_parameters(self) -> dict[str, float]:
        """Returns the learned masses by name: `mass`, or `mass_of_kind_0`, `mass_of_kind_1`, ..."""
        found = self.kinetic.physical_parameters()
        if len(found) < 2:
            return found
        return {f"mass_of_kind_{i}": value for i, value in enumerate(found.values())}

    def with_pairs(self, pairs: Sequence[tuple[int, int]]) -> "PairwiseHamiltonian":
        """Returns a copy with the same weights, in which other pairs of bodies act on each other.

        Without `kinds`, the copy may have another number of bodies, whose last one is in one of the pairs.

        Args:
          pairs: The pairs (i, j) of bodies, as in the class.
        """
        copied = type(self).from_config(self.get_config() | {"pairs": [list(pair) for pair in pairs]})
        if self.built:
            bodies = 1 + max(map(max, pairs)) if self.kinds is None else len(self.kinds)
            copied.build([None, 2 * self.dimension * bodies])
            copied.set_weights(self.get_weights())
        return copied

    def _check(self, shape: Sequence[int | None]) -> int:
        """Returns the number of bodies of states of the given shape."""
        width = 2 * phase_space.dof(tf.TensorSpec(shape))
        bodies, rest = divmod(width, 2 * self.dimension)
        if rest or bodies < 2:
            raise InputError(
                f"{self.name}: expected states of two or more bodies of dimension {self.dimension}, "
                f"{2 * self.dimension} numbers each; received states of width {width}; give dimension=..."
            )
        if self.kinds is not None and len(self.kinds) != bodies:
            raise InputError(f"{self.name}: expected {len(self.kinds)} bodies, as kinds says; received {bodies}")
        for i, j in self.pairs or ():
            if not (0 <= i < bodies and 0 <= j < bodies and i != j):
                raise InputError(f"{self.name}: pairs: expected two different bodies of {bodies}; received {(i, j)}")
        return bodies

    def _bodies(self, state: State) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns positions and momenta `[..., dimension, bodies]` of states `[..., 2n]`."""
        state = tf.cast(state, self.compute_dtype)
        if not self.built:
            self.build(state.shape)
        bodies = self._check(state.shape)
        shape = tf.concat([tf.shape(state)[:-1], [self.dimension, bodies]], 0)
        q, p = (tf.reshape(part, shape) for part in phase_space.split(state))
        return q, p

    def _flat(self, of_bodies: tf.Tensor) -> tf.Tensor:
        width = of_bodies.shape[-2] * of_bodies.shape[-1]
        return tf.reshape(of_bodies, tf.concat([tf.shape(of_bodies)[:-2], [width]], 0))

    def _sum_of_pairs(
        self,
        of_pairs: Callable[[PairBlock, tf.Tensor, tf.Tensor | None], tf.Tensor],
        q: tf.Tensor,
        parameters: tf.Tensor | None,
    ) -> tf.Tensor:
        """Returns the sum over all pairs of a function (pairs, positions, parameters) -> the sum over some pairs."""
        parameters = self.parameters_of("potential", parameters)
        pairs = BodyPairs(q.shape[-1], self.pairs, self.kinds, self.compute_dtype)
        total = of_pairs(pairs.first(), q, parameters)
        if not pairs.num_more:
            return total
        return tf.while_loop(
            lambda i, _: i < pairs.num_more,
            lambda i, total: (i + 1, total + of_pairs(pairs.block(i), q, parameters)),
            (tf.constant(0), total),
            shape_invariants=(tf.TensorShape([]), total.shape),
            parallel_iterations=1,  # only the additions wait for each other, so that several blocks would be in memory
            maximum_iterations=pairs.num_more,  # XLA needs it for its own gradient of loops
        )[1]

    def _energy(self, pairs: PairBlock, q: tf.Tensor, parameters: tf.Tensor | None) -> tf.Tensor:
        """Returns the potential energy `[...]` of some pairs at positions `[..., dimension, bodies]`."""
        inputs, _, squares = self._pair_inputs(pairs, q)
        potential = self._potential_at(parameters, squares)
        return tf.reduce_sum(tf.reshape(potential(inputs), tf.shape(squares)), -1)

    def _energy_gradient(self, pairs: PairBlock, q: tf.Tensor, parameters: tf.Tensor | None) -> tf.Tensor:
        """Returns the gradient `[..., dimension, bodies]` of the same energy."""
        inputs, difference, squares = self._pair_inputs(pairs, q)
        # d log r / dq_i = (q_i - q_j) / r^2. The forces on both bodies of a pair are exactly opposite.
        potential = self._potential_at(parameters, squares)
        slope = tf.reshape(scalar_gradient(potential, inputs)[:, 0], tf.shape(squares)) / squares
        return _times(difference * slope[..., tf.newaxis, :], tf.transpose(pairs.incidence))

    def _potential_at(self, parameters: tf.Tensor | None, squares: tf.Tensor) -> Hamiltonian:
        """Returns V of the rows of `_pair_inputs`, where all pairs of a state have the parameters `[..., k]` of it."""
        if parameters is None:
            return self.potential
        of_states = of_every_state(parameters, squares)[..., tf.newaxis, :]
        of_pairs = of_states + tf.zeros_like(squares)[..., tf.newaxis]
        return at_parameters(self.potential, tf.reshape(of_pairs, [-1, of_states.shape[-1]]))

    def _pair_inputs(self, pairs: PairBlock, q: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        """Returns the inputs of V for some pairs, and the differences of the positions.

        Returns:
          The inputs of V `[B pairs, 1 + k]`, in one batch, q_i - q_j `[..., dimension, pairs]`, and |q_i - q_j|^2
          `[..., pairs]`.
        """
        difference = _times(q, pairs.incidence)
        # With this bound, bodies at the same point have a finite energy and no force, instead of NaN.
        squares = tf.maximum(tf.reduce_sum(difference * difference, -2), _LEAST_SQUARE)
        inputs = 0.5 * tf.math.log(squares)[..., tf.newaxis]
        if pairs.kinds is not None:
            inputs = tf.concat([inputs, tf.zeros_like(inputs) + pairs.kinds], -1)
        return tf.reshape(inputs, [-1, inputs.shape[-1]]), difference, squares

    def _mass_of_bodies(self, bodies: int) -> tf.Tensor:
        of_body = np.eye(self._num_kinds)[list(self.kinds or [0] * bodies)]
        return tf.reduce_sum(tf.constant(of_body, self.compute_dtype) * self.masses, -1)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments, with the serialized layer."""
        own = {"dimension": self.dimension, "kinds": self.kinds, "pairs": self.pairs}
        return super().get_config() | own | {"masses": self.kinetic.get_config()["masses"]}


def _times(values: tf.Tensor, matrix: tf.Tensor) -> tf.Tensor:
    """Returns the product `[..., m]` of values `[..., n]` and a matrix `[n, m]` as one product of two matrices.

    A product of a tensor of higher rank would be many small products, which take ten times as long.
    """
    rows = tf.matmul(tf.reshape(values, [-1, values.shape[-1]]), matrix)
    return tf.reshape(rows, tf.concat([tf.shape(values)[:-1], tf.shape(matrix)[1:]], 0))
