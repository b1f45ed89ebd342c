"""An energy with the period of angles."""

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from hnn_tf.declarations import declared
from hnn_tf.input_error import InputError
from hnn_tf.models.energy_layer import EnergyLayer
from hnn_tf.models.position_inputs import PositionInputs
from hnn_tf.numerics.symplectic_gradient import scalar_gradient


@keras.saving.register_keras_serializable(package="hnn_tf")
class PeriodicCoordinates(EnergyLayer):
    """An energy that has the period 2 pi in the positions that are angles.

    E(x) = e(z(x)),  z = (the coordinates that are not angles, the sines of the angles, the cosines of the angles).

    A perceptron has different energies at q and at q + 2 pi, although both are the same position. With the period, a
    reading at one angle also determines the energy a full turn further.

    Args:
      energy: e, a Keras layer from z `[..., d + k]` to the energy `[...]` or `[..., 1]`, for example `MLPEnergy()`.
        z is not a state, so that e cannot be separable or even in p by itself. Put such layers outside. If e has
        parameters, as `MLPEnergy(num_parameters=k)`, E has the same parameters.
      angles: The k indices of the angles (rad) among the d numbers of x. x is a state or a position, and the positions
        stand first in both.

    Input: vectors `[..., d]` and, with parameters, `parameters` `[..., k]` or `[k]`. Output `[...]`.

    Raises:
      TypeError: If `energy` is not a Keras layer.
      InputError: If `energy` is a Hamiltonian of states, or an index in `angles` is not that of a coordinate, or stands
        twice.
    """

    parts = ("energy",)

    def __init__(self, energy: keras.layers.Layer, angles: Sequence[int], **kwargs: Any) -> None:
        super().__init__(energy=energy, **kwargs)
        if declared(energy, "separable") or declared(energy, "even_in_momenta"):
            raise InputError(
                "energy: expected an energy of sines and cosines, as MLPEnergy(); received a Hamiltonian of states; "
                f"put PeriodicCoordinates into {type(energy).__name__}, and not around it"
            )
        self.angles = tuple(int(i) for i in angles)

    @property
    def num_parameters(self) -> int:
        """k, the number of parameters, as e declares it."""
        return self._most_parameters()

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Builds e for vectors `[..., d]`."""
        width = self._known_width(input_shape)
        self._inputs = PositionInputs(width, self.angles)
        self._build_energy("energy", self._inputs.width)
        self.input_spec = keras.layers.InputSpec(min_ndim=1, axes={-1: width})

    def call(self, vector: tf.Tensor, parameters: tf.Tensor | None = None) -> tf.Tensor:
        """Returns the energy `[...]` of vectors `[..., d]` and, if e has some, of parameters `[..., k]`."""
        vector = self._prepared(vector)
        if vector.shape.rank == 1:  # a matrix product needs two axes
            return self.call(vector[tf.newaxis], parameters)[0]
        return self.part_at("energy", parameters)(self._inputs.value(vector))

    def gradient(self, vector: tf.Tensor, parameters: tf.Tensor | None = None) -> tf.Tensor:
        """Returns dE/dx `[..., d]` at vectors `[..., d]` and, if e has some, at parameters `[..., k]`."""
        vector = self._prepared(vector)
        if vector.shape.rank == 1:
            return self.gradient(vector[tf.newaxis], parameters)[0]
        energy = self.part_at("energy", parameters)
        return self._inputs.pulled_back(vector, scalar_gradient(energy, self._inputs.value(vector)))

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments, with the serialized layer."""
        return super().get_config() | {"angles": self.angles}
