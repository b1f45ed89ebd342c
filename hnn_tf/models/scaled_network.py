"""A model in the units of its user around a model in dimensionless units."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from hnn_tf import phase_space
from hnn_tf.declarations import declared
from hnn_tf.input_error import InputError
from hnn_tf.models.inner_layer import deserialized_layers, serialize_layer
from hnn_tf.models.learned_motion import LearnedMotion
from hnn_tf.models.state_signatures import Signatures, state_signatures
from hnn_tf.motion_inputs import check_inputs
from hnn_tf.motion_parameters import at_parameters, check_parameters
from hnn_tf.typing import State

_STEPS_A_TIME_SCALE = 10.0
"""The integrator steps in a time scale. With rk4, the phase error is then about 1e-6 of the phase."""


@keras.saving.register_keras_serializable(package="hnn_tf")
class ScaledNetwork(LearnedMotion, keras.Model):
    """A model of states in any units, whose inner model has dimensionless states and times.

    s = o + S z,  ds/dt = S f(z, u / c) / tau,  H(s) = E h(z).

    z is the state of the inner model f with its energy h, o is the offset, and S is the diagonal matrix of the scales.
    If the momentum and position of each pair have scales with the product E tau, the equations of Hamilton keep their
    form.

    Args:
      network: f, a built model of states `[..., 2n]`.
      offset: o `[2n]`.
      scale: The diagonal of S, `[2n]`, each > 0.
      time_scale: tau > 0, in the unit of time.
      energy_scale: E > 0.
      input_scale: c `[m]`, each > 0; empty without inputs.
      masses: The factors `[n]` from the second half of the state to the momenta: the masses if the second half are
        velocities, and otherwise 1.

    Attributes:
      canonical: Whether the state is (q, p), up to one factor.
      suggested_step_size: A tenth of tau.

    Input: state `[..., 2n]`, and `inputs` `[..., m]` or `parameters` if the inner model takes them. Output: time
    derivative `[..., 2n]`.

    Raises:
      InputError: If the numbers are not finite, scales are not > 0, or their widths do not fit the network.
    """

    def __init__(
        self,
        network: keras.Model,
        *,
        offset: Sequence[float],
        scale: Sequence[float],
        time_scale: float,
        energy_scale: float = 1.0,
        input_scale: Sequence[float] = (),
        masses: Sequence[float] = (1.0,),
        **kwargs: Any,
    ) -> None:
        if declared(network, "constraints") is not None:
            raise InputError(
                "network: expected a model without constraints, whose units cannot be changed; received "
                f"{network.name} with constraints; fit it in the units of its constraints"
            )
        kwargs.setdefault("dtype", network.dtype_policy)
        kwargs.setdefault("name", network.name)
        super().__init__(**kwargs)
        self.network = network
        self._offset, self._scale = np.asarray(offset, np.float64), np.asarray(scale, np.float64)
        self._input_scale, self._masses = np.asarray(input_scale, np.float64), np.asarray(masses, np.float64)
        self._time_scale, self._energy_scale = float(time_scale), float(energy_scale)
        others = [self._time_scale, self._energy_scale]
        positive = np.concatenate([self._scale, self._input_scale, self._masses, others])
        if not (np.isfinite(positive).all() and (positive > 0).all()):
            raise InputError("scale: expected finite scales and masses > 0; received others")
        if self._offset.shape != self._scale.shape or not np.isfinite(self._offset).all():
            raise InputError(f"offset: expected {len(self._scale)} finite numbers; received {self._offset.tolist()}")
        if len(self._input_scale) != (declared(network, "num_inputs") or 0):
            raise InputError(
                f"input_scale: expected {declared(network, 'num_inputs')} numbers; received {len(self._input_scale)}"
            )
        self.supports_masking = True

    @property
    def separable(self) -> bool:
        """Whether H = T(p) + V(q), as the inner model declares it."""
        return declared(self.network, "separable")

    @property
    def conservative(self) -> bool:
        """Whether H is conserved, as the inner model declares it."""
        return declared(self.network, "conservative")

    @property
    def canonical(self) -> bool:  # type: ignore[override]
        """Whether the inner state is (q, p), and all products of the scales of q and p are equal."""
        products = self._scale[: self._scale.size // 2] * self._scale[self._scale.size // 2 :]
        return declared(self.network, "canonical") and bool(np.allclose(products, products[0], rtol=1e-9))

    @property
    def num_inputs(self) -> int:
        """m, the number of inputs."""
        return declared(self.network, "num_inputs") or 0

    @property
    def num_parameters(self) -> int:
        """k, the number of parameters."""
        return declared(self.network, "num_parameters") or 0

    @property
    def hamiltonian(self) -> Any:
        """The energy `[...]` as a function of states `[..., 2n]`; None if the inner model has none."""
        return None if declared(self.network, "hamiltonian") is None else self._energy

    @property
    def time_scale(self) -> float:
        """Tau, in the unit of time."""
        return self._time_scale

    @property
    def suggested_step_size(self) -> float:
        """A tenth of tau."""
        return self._time_scale / _STEPS_A_TIME_SCALE

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Builds the inner model for states `[..., 2n]`."""
        width = 2 * phase_space.dof(tf.TensorSpec(input_shape))
        if width != self._scale.size or self._masses.size not in (1, width // 2):
            raise InputError(
                f"scale: expected {width} numbers, for states {tuple(input_shape)}; received {self._scale}"
            )
        if not self.network.built:
            self.network.build([None, width])
        self.input_spec = keras.layers.InputSpec(min_ndim=1, axes={-1: width})

    def call(self, state: State, inputs: tf.Tensor | None = None, parameters: tf.Tensor | None = None) -> tf.Tensor:
        """Returns the time derivative `[..., 2n]`; the arguments are those of `HamiltonianNetwork`."""
        check_inputs(self, inputs)
        check_parameters(self, parameters, state)
        given: dict[str, Any] = {}
        if inputs is not None:
            given["inputs"] = inputs / self._as(self._input_scale)
        if parameters is not None:
            given["parameters"] = parameters
        return self.network(self.scaled(state), **given) * self._as(self._scale / self._time_scale)

    def scaled(self, state: State) -> State:
        """Returns the states z `[..., 2n]` of the inner model, for states `[..., 2n]`."""
        return (tf.cast(state, self.compute_dtype) - self._as(self._offset)) / self._as(self._scale)

    def _energy(self, state: State, parameters: tf.Tensor | None = None) -> tf.Tensor:
        inner = at_parameters(self.network.hamiltonian, parameters)
        return self._as(self._energy_scale) * inner(self.scaled(state))

    def physical_parameters(self) -> dict[str, float]:
        """Returns friction and gains of the inputs, in the units of the states, inputs and times.

        Friction is the coefficient g of the force -g dH/dp, which is a mass / time. The names are `friction`, or
        `friction_1`, ... if the positions have different ones, and `input_gain`, or `input_gain_1_1`, ...
        """
        return self.in_units(*(self._coefficients(name) for name in ("friction", "gains")))

    def in_units(self, friction: np.ndarray | None, gains: np.ndarray | None) -> dict[str, float]:
        """Returns physical parameters, or their errors, of the inner model in the user's units, by name.

        Args:
          friction: The coefficients of friction `[n]`; None if there are none.
          gains: The gains `[n, m]`; None if there are none.
        """
        found: dict[str, float] = {}
        n = self._scale.size // 2
        momentum = np.broadcast_to(self._masses, [n]) * self._scale[n:]
        if friction is not None:
            values = np.broadcast_to(friction, [n]) * momentum**2 / (self._time_scale * self._energy_scale)
            same = np.allclose(values, values[0], rtol=1e-6, atol=0.0)
            found |= {"friction": float(values[0])} if same else _numbered("friction", values)
        if gains is not None:
            values = gains * momentum[:, np.newaxis] / (self._time_scale * self._input_scale)
            found |= {"input_gain": float(values[0, 0])} if values.size == 1 else _numbered("input_gain", values)
        return found

    def _coefficients(self, kind: str) -> np.ndarray | None:
        """Returns the inner model's coefficients of friction `[n]`, or its learned constant gains `[n, m]`."""
        if kind == "friction":
            found = declared(declared(self.network, "dissipation"), "coefficient")
            return None if found is None else np.asarray(found, np.float64)
        control = declared(self.network, "control")
        if declared(control, "assign_gains") is None or declared(control, "known_gains") is not None:
            return None
        return np.asarray(control.gains, np.float64)

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """Returns the output's shape `[..., 2n]`, which equals the input's shape."""
        return tuple(input_shape)

    def serving_signatures(self, **rollout_options: Any) -> Signatures:
        """Returns the signatures of an export; see `state_signatures`."""
        return state_signatures(self, **rollout_options)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments, with the serialized network."""
        return super().get_config() | {
            "network": serialize_layer(self.network),
            "offset": self._offset.tolist(),
            "scale": self._scale.tolist(),
            "time_scale": self._time_scale,
            "energy_scale": self._energy_scale,
            "input_scale": self._input_scale.tolist(),
            "masses": self._masses.tolist(),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> "ScaledNetwork":
        """Returns the model for a configuration from `get_config`."""
        return cls(**deserialized_layers(config, ["network"], custom_objects))

    def _as(self, values: np.ndarray | float) -> tf.Tensor:
        return tf.constant(values, self.compute_dtype)


def _numbered(name: str, values: np.ndarray) -> dict[str, float]:
    places = np.ndenumerate(values)
    return {"_".join([name, *(str(i + 1) for i in place)]): float(value) for place, value in places}
