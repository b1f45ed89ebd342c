"""The types of callables and arrays that the whole package uses."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeAlias, runtime_checkable

import keras
import numpy as np
import tensorflow as tf

State: TypeAlias = tf.Tensor
"""One or several points of phase space, `[..., 2n]`, concat(q, p)."""

Hamiltonian: TypeAlias = Callable[[State], tf.Tensor]
"""A function from a state `[..., 2n]` to its energy `[...]`."""

VectorField: TypeAlias = Callable[[State], tf.Tensor]
"""A function from a state `[..., 2n]` to its time derivative `[..., 2n]`."""

Samples: TypeAlias = Mapping[str, Any]
"""Arrays by name, all with the same leading dimension: the columns of a training set."""


ActivationLike: TypeAlias = str | Callable[[tf.Tensor], tf.Tensor]
"""An activation: a name in `hnn_tf.activations` or `keras.activations`, or a function that is registered with Keras."""


class HamiltonianVectorField(Protocol):
    """A vector field with an energy, such as a true system or a learned model."""

    separable: bool
    conservative: bool

    def __call__(self, state: State) -> tf.Tensor:
        """Returns the time derivative `[..., 2n]` of the state `[..., 2n]`."""

    def hamiltonian(self, state: State) -> tf.Tensor:
        """Returns the energy `[...]` of the state `[..., 2n]`."""


class LinearHamiltonian(Protocol):
    """A Hamiltonian that is linear in its coefficients: H(s) = w . phi(s)."""

    @property
    def coefficients(self) -> tf.Tensor:
        """The coefficients w `[m]`."""

    def assign_coefficients(self, values: np.ndarray) -> None:
        """Replaces the coefficients by values `[m]`."""

    def features(self, state: State) -> tf.Tensor:
        """Returns the features phi `[..., m]` at states `[..., 2n]`."""

    def feature_gradients(self, state: State) -> tf.Tensor:
        """Returns the features' derivatives dphi/ds `[..., 2n, m]` at states `[..., 2n]`."""


@runtime_checkable
class Fitted(Protocol):
    """The result of `hnn_tf.fit`, as an export uses it."""

    @property
    def model(self) -> keras.Model:
        """The trained model."""

    @property
    def integrator(self) -> str:
        """The name of the integrator of exported rollouts."""

    def record(self) -> dict[str, Any]:
        """Returns the description of the training for the model card."""
