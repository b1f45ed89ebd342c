"""A Hamiltonian of a Keras layer whose output is one unit wide."""

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from hnn_tf.models.inner_layer import serialize_layer
from hnn_tf.models.nested_lists import TakesNestedLists
from hnn_tf.typing import State


@keras.saving.register_keras_serializable(package="hnn_tf")
class SingleOutputHamiltonian(TakesNestedLists):
    """Takes the last axis off a layer's output, as that of `Sequential([Dense(64, "tanh"), Dense(1)])`.

    H(s) = h(s)[..., 0].

    `HamiltonianNetwork` puts it around such a layer when it is built. A bias of the last unit changes nothing; Keras'
    `fit` warns that it has no gradient, unless it is left out: `Dense(1, use_bias=False)`.

    Args:
      hamiltonian: h, a Keras layer, state `[..., 2n]` -> `[..., 1]`.

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
        return getattr(self.hamiltonian, "separable", False)

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Builds h for a list of states: Keras' own models take no other rank than they were built for."""
        if not self.hamiltonian.built:
            self.hamiltonian.build((None, input_shape[-1]))

    def call(self, state: State) -> tf.Tensor:
        """Energy `[...]` of states `[..., 2n]`."""
        if state.shape.rank == 2:
            return tf.squeeze(self.hamiltonian(state), -1)
        energy = tf.reshape(self.hamiltonian(tf.reshape(state, [-1, state.shape[-1]])), tf.shape(state)[:-1])
        energy.set_shape(state.shape[:-1])
        return energy

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """`[..., 2n]` -> `[...]`."""
        return tuple(input_shape[:-1])

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments, the layer serialized."""
        return super().get_config() | {"hamiltonian": serialize_layer(self.hamiltonian)}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Any:
        """The layer of a configuration that `get_config` gave."""
        hamiltonian = keras.saving.deserialize_keras_object(config["hamiltonian"], custom_objects=custom_objects)
        return cls(**(config | {"hamiltonian": hamiltonian}))


def built_with_scalar_energy(hamiltonian: keras.layers.Layer, input_shape: Sequence[int | None]) -> keras.layers.Layer:
    """A Hamiltonian layer, built for such states; in a `SingleOutputHamiltonian` if its output is one unit wide."""
    try:
        shape = tf.TensorShape(hamiltonian.compute_output_shape((None, input_shape[-1])))
        rank = 2
    except NotImplementedError:  # by a layer that doesn't say it: its graph does
        if not hamiltonian.built:
            hamiltonian.build(input_shape)

        @tf.function(autograph=False)
        def energy(state: State) -> tf.Tensor:
            with tf.name_scope("energy"):  # Keras' name of a private class is none for a graph's outermost scope
                return hamiltonian(state)

        spec = tf.TensorSpec(input_shape, hamiltonian.compute_dtype)
        shape, rank = tf.TensorShape(energy.get_concrete_function(spec).output_shapes), len(input_shape)
    if shape.rank == rank and shape[-1] == 1:
        hamiltonian = SingleOutputHamiltonian(hamiltonian, name=hamiltonian.name)
    if not hamiltonian.built:
        hamiltonian.build(input_shape)
    return hamiltonian
