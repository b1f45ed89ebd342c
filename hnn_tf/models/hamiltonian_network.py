"""The Hamiltonian neural network."""

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from hnn_tf import phase_space
from hnn_tf.models.inner_layer import serialize_layer
from hnn_tf.models.state_signatures import Signatures, state_signatures
from hnn_tf.symplectic_gradient import symplectic_gradient
from hnn_tf.typing import State


@keras.saving.register_keras_serializable(package="hnn_tf")
class HamiltonianNetwork(keras.Model):
    """A learned Hamiltonian whose output is the motion it causes.

    call(s) = J grad H(s),  s = (q, p):  dq/dt = dH/dp,  dp/dt = -dH/dq.

    Because the output is the time derivative, stock Keras `compile(loss="mse")` and `fit(states, derivatives)`
    train it, and `.keras` files, callbacks and `jit_compile=True` work as for any model. The energy along any of its
    exact trajectories is constant.

    Args:
      hamiltonian: Keras layer, state `[..., 2n]` -> energy `[...]`, for instance `MLPHamiltonian()`. It stays
        reachable as `model.hamiltonian`, so that `model.hamiltonian(state)` is the learned energy, which is known up
        to a constant only. A layer that is T(p) + V(q) says so by an attribute `separable = True`.

    Input: state `[..., 2n]`. Output: time derivative `[..., 2n]`.

    Raises:
      TypeError: If `hamiltonian` isn't a Keras layer.

    Example:
      >>> model = HamiltonianNetwork(MLPHamiltonian())
      >>> model(keras.ops.zeros([8, 2])).shape
      TensorShape([8, 2])

    References:
      Greydanus, Dzamba, Yosinski. Hamiltonian Neural Networks. arXiv:1906.01563.
    """

    conservative = True

    def __init__(self, hamiltonian: keras.layers.Layer, **kwargs: Any) -> None:
        if not isinstance(hamiltonian, keras.layers.Layer):
            raise TypeError(
                f"hamiltonian: expected a Keras layer, state [..., 2n] -> energy [...], as MLPHamiltonian(); received "
                f"{hamiltonian!r}; a function is one in the call of a keras.layers.Layer"
            )
        # One policy for the whole: a float64 Hamiltonian makes a float64 model.
        kwargs.setdefault("dtype", hamiltonian.dtype_policy)
        super().__init__(**kwargs)
        self.hamiltonian = hamiltonian
        self.supports_masking = True  # each state by itself: a mask of times stays theirs
        if not kwargs.get("trainable", True):
            hamiltonian.trainable = False  # or what the model is a part of would train it

    @property
    def separable(self) -> bool:
        """Whether H = T(p) + V(q), as the Hamiltonian layer declares it."""
        return getattr(self.hamiltonian, "separable", False)

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Builds the Hamiltonian for states `[..., 2n]`."""
        width = 2 * phase_space.dof(tf.TensorSpec(input_shape))
        self.input_spec = keras.layers.InputSpec(min_ndim=1, axes={-1: width})
        if not self.hamiltonian.built:
            self.hamiltonian.build(input_shape)

    def call(self, state: State) -> tf.Tensor:
        """Time derivative `[..., 2n]` of states `[..., 2n]`."""
        return symplectic_gradient(self.hamiltonian, state)

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """`[..., 2n]` -> `[..., 2n]`."""
        return tuple(input_shape)

    def serving_signatures(self, **rollout_options: Any) -> Signatures:
        """What an export offers: `state_signatures`."""
        return state_signatures(self, **rollout_options)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments, the inner layer serialized."""
        return super().get_config() | {"hamiltonian": serialize_layer(self.hamiltonian)}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> "HamiltonianNetwork":
        """The model of a configuration that `get_config` gave."""
        hamiltonian = keras.saving.deserialize_keras_object(config["hamiltonian"], custom_objects=custom_objects)
        return cls(**(config | {"hamiltonian": hamiltonian}))
