"""A Hamiltonian made from a Keras layer with an output of width 1."""

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from hnn_tf.declarations import declared
from hnn_tf.models.inner_layer import deserialized_layers, serialize_layer
from hnn_tf.models.nested_lists import TakesNestedLists
from hnn_tf.motion_parameters import at_parameters, check_parameters, of_every_state
from hnn_tf.typing import State


@keras.saving.register_keras_serializable(package="hnn_tf")
class SingleOutputHamiltonian(TakesNestedLists):
    """The Hamiltonian of a layer such as `Sequential([Dense(64, "tanh"), Dense(1)])`, without the output's last axis.

    H(s) = h(s)[..., 0].

    `HamiltonianNetwork` wraps such a layer when the network is built. A bias of the last unit has no effect on the
    motion, and Keras' `fit` warns that this bias has no gradient. `Dense(1, use_bias=False)` avoids the warning.

    Args:
      hamiltonian: h, a Keras layer from a state `[..., 2n]` to `[..., 1]`. If it declares `num_parameters`, k, it is
        also called with `parameters` `[..., k]`.

    Input `[..., 2n]`, output `[...]`.
    """

    def __init__(self, hamiltonian: keras.layers.Layer, **kwargs: Any) -> None:
        kwargs.setdefault("dtype", hamiltonian.dtype_policy)
        super().__init__(**kwargs)
        self.hamiltonian = hamiltonian
        self.supports_masking = True

    @property
    def separable(self) -> bool:
        """Whether H = T(p) + V(q), as h declares it."""
        return declared(self.hamiltonian, "separable")

    @property
    def num_parameters(self) -> int:
        """k, the number of parameters, as h declares it."""
        return declared(self.hamiltonian, "num_parameters") or 0

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Builds h for states `[B, 2n]`, because Keras' own models accept only the rank for which they were built."""
        if not self.hamiltonian.built:
            self.hamiltonian.build((None, input_shape[-1]))

    def call(self, state: State, parameters: tf.Tensor | None = None) -> tf.Tensor:
        """Returns the energy `[...]` of states `[..., 2n]` and, if h has some, of parameters `[..., k]`."""
        check_parameters(self, parameters)
        if parameters is not None:
            parameters = tf.reshape(of_every_state(parameters, state), [-1, self.num_parameters])
        hamiltonian = at_parameters(self.hamiltonian, parameters)
        if state.shape.rank == 2:
            return tf.squeeze(hamiltonian(state), -1)
        energy = tf.reshape(hamiltonian(tf.reshape(state, [-1, state.shape[-1]])), tf.shape(state)[:-1])
        energy.set_shape(state.shape[:-1])
        return energy

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """Returns the shape `[...]` of the energy for states `[..., 2n]`."""
        return tuple(input_shape[:-1])

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments, with the serialized layer."""
        return super().get_config() | {"hamiltonian": serialize_layer(self.hamiltonian)}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Any:
        """Returns the layer for a configuration from `get_config`."""
        return cls(**deserialized_layers(config, ["hamiltonian"], custom_objects))


def built_with_scalar_energy(hamiltonian: keras.layers.Layer, input_shape: Sequence[int | None]) -> keras.layers.Layer:
    """Returns a built Hamiltonian layer, in a `SingleOutputHamiltonian` if the layer's output has the width 1."""
    try:
        shape = tf.TensorShape(hamiltonian.compute_output_shape((None, input_shape[-1])))
        rank = 2
    except NotImplementedError:  # the layer does not declare its output shape, so its graph is traced
        if not hamiltonian.built:
            hamiltonian.build(input_shape)

        count = declared(hamiltonian, "num_parameters") or 0

        @tf.function(autograph=False)
        def energy(state: State) -> tf.Tensor:
            parameters = of_every_state(tf.zeros([count], state.dtype), state) if count else None
            with tf.name_scope("energy"):  # an outermost scope must not begin with "_", as names of private classes do
                return at_parameters(hamiltonian, parameters)(state)

        spec = tf.TensorSpec(input_shape, hamiltonian.compute_dtype)
        shape, rank = tf.TensorShape(energy.get_concrete_function(spec).output_shapes), len(input_shape)
    if shape.rank == rank and shape[-1] == 1:
        hamiltonian = SingleOutputHamiltonian(hamiltonian, name=hamiltonian.name)
    if not hamiltonian.built:
        hamiltonian.build(input_shape)
    return hamiltonian
