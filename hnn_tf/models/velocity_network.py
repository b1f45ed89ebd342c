"""The base class of networks whose states are positions and velocities."""

import abc
from collections.abc import Sequence
from typing import Any, ClassVar

import keras
import tensorflow as tf

from hnn_tf import phase_space
from hnn_tf.constraints.constrained_motion import forces, multipliers
from hnn_tf.constraints.derivatives import constraint_curvature, constraint_jacobian
from hnn_tf.declarations import declared
from hnn_tf.models.inner_layer import deserialized_layers, serialize_layer
from hnn_tf.models.learned_motion import LearnedMotion
from hnn_tf.models.state_signatures import Signatures, state_signatures
from hnn_tf.models.velocity_energy import VelocityEnergy
from hnn_tf.motion_inputs import check_inputs
from hnn_tf.motion_parameters import check_parameters, given_parameters
from hnn_tf.typing import State


class VelocityNetwork(LearnedMotion, keras.Model, abc.ABC):
    """The base class of networks whose states are positions and velocities (q, v), where v = dq/dt.

    call(q, v) = (v, dv/dt).  With inputs, call((q, v), inputs=u) = (v, dv/dt), and with parameters of the energy,
    call((q, v), parameters=theta) = (v, dv/dt).

    The acceleration dv/dt follows from the energy `hamiltonian(state)` and from the generalised forces that do not come
    from the energy: friction and inputs.

    Args:
      energy: The energy E(q, v), which knows its equation of motion.
      dissipation: A Keras layer with a method `damping(state)` that returns D `[..., n, n]` at states (q, p), for
        example `LinearFriction()` or `MLPDissipation()`. D must be symmetric and positive semidefinite. The friction is
        the force -D v. By default, there is no dissipation.
      control: A Keras layer with `num_inputs`, m, and a method `gain_matrix(state)` that returns B `[..., n, m]` at
        states (q, p), for example `LinearInput(1)` or `MLPInput(1)`. The inputs are the force B u. By default, there
        are no inputs. The energy changes by dE/dt = -v^T D v + v^T B u, and is conserved without the two.
      constraints: A Keras layer from a position `[..., n]` to phi `[..., C]`, for example
        `hnn_tf.constraints.RigidRods`. The forces J^T lambda of the constraints, J = dphi/dq, keep a state on the
        manifold phi = 0, J v = 0. By default, all positions are possible.

    Attributes:
      part: The name of the constructor's argument from which the energy is made.
      canonical: False, because velocities are not momenta.

    Input: state (q, v) `[..., 2n]`; with a control layer, `inputs` `[..., m]`; if the energy has parameters,
    `parameters` `[..., k]` or `[k]`. Output: time derivative `[..., 2n]`.

    Raises:
      TypeError: If `dissipation` is not a Keras layer with a method `damping`, or `control` is not one with a method
        `gain_matrix`.
      ValueError: If the parts differ in precision.
      InputError: In a call, if `inputs` are missing, have another width, or are given to a model without control layer;
        and likewise for `parameters`.
    """

    part: ClassVar[str]
    canonical = False
    momentum_is_velocity = True
    separable = False

    @abc.abstractmethod
    def __init__(
        self,
        energy: VelocityEnergy,
        dissipation: keras.layers.Layer | None = None,
        control: keras.layers.Layer | None = None,
        constraints: keras.layers.Layer | None = None,
        **kwargs: Any,
    ) -> None:
        for name, layer, method, expected in (
            ("dissipation", dissipation, "damping", "state (q, p) -> D [..., n, n], as LinearFriction()"),
            ("control", control, "gain_matrix", "state (q, p) -> B [..., n, m], as LinearInput(1)"),
        ):
            if layer is None:
                continue
            if not (isinstance(layer, keras.layers.Layer) and declared(layer, method)):
                raise TypeError(
                    f"{name}: expected a Keras layer with a method {method}, {expected}; received {layer!r}; {name} "
                    "must be a force, because dq/dt is the velocity"
                )
        if constraints is not None and not isinstance(constraints, keras.layers.Layer):
            raise TypeError(
                "constraints: expected a Keras layer, position [..., n] -> phi [..., C], as RigidRods(...); received "
                f"{constraints!r}"
            )
        for name, layer in (("dissipation", dissipation), ("control", control), ("constraints", constraints)):
            if layer is not None and layer.compute_dtype != energy.compute_dtype:
                raise ValueError(
                    f"{name}: expected the energy's precision {energy.compute_dtype}; received {layer.compute_dtype}; "
                    "give both the same dtype=..."
                )
        kwargs.setdefault("dtype", energy.dtype_policy)
        super().__init__(**kwargs)
        self.hamiltonian, self.dissipation, self.control = energy, dissipation, control
        self.constraints = constraints
        self.supports_masking = True  # each state is computed separately, so a mask of times stays valid
        if not kwargs.get("trainable", True):
            for part in self._parts():
                part.trainable = False  # otherwise, an outer model would train the part

    def _parts(self) -> list[keras.layers.Layer]:
        parts = (self.hamiltonian, self.dissipation, self.control, self.constraints)
        return [part for part in parts if part is not None]

    @property
    def conservative(self) -> bool:
        """Whether there is neither dissipation nor input, so that the energy is conserved."""
        return self.dissipation is None and self.control is None

    @property
    def num_inputs(self) -> int:
        """m, the number of inputs, as the control layer declares it; 0 without a control layer."""
        return 0 if self.control is None else self.control.num_inputs

    @property
    def num_parameters(self) -> int:
        """k, the number of parameters, as the energy declares it; 0 if it declares none."""
        return declared(self.hamiltonian, "num_parameters") or 0

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Builds the parts for states (q, v) `[..., 2n]`."""
        width = 2 * phase_space.dof(tf.TensorSpec(input_shape))
        self.input_spec = keras.layers.InputSpec(min_ndim=1, axes={-1: width})
        for part in (self.hamiltonian, self.dissipation, self.control):
            if part is not None and not part.built:
                part.build(input_shape)
        if self.constraints is not None and not self.constraints.built:
            self.constraints.build([*input_shape[:-1], width // 2])

    def call(self, state: State, inputs: tf.Tensor | None = None, parameters: tf.Tensor | None = None) -> tf.Tensor:
        """Returns the time derivative (v, dv/dt) `[..., 2n]`.

        Args:
          state: (q, v) `[..., 2n]`.
          inputs: u `[..., m]`, if the model has a control layer.
          parameters: Theta `[..., k]` or `[k]`, if the energy has parameters.
        """
        check_inputs(self, inputs)
        check_parameters(self, parameters, state)
        state = self._own(state)
        _, velocity = phase_space.split(state)
        force, theta = self._force(state, inputs, parameters), given_parameters(parameters)
        acceleration = self.hamiltonian.acceleration(state, force, **theta)
        if self.constraints is not None:
            acceleration -= self._constraint_acceleration(state, acceleration, parameters)
        return phase_space.join(velocity, acceleration)

    def _constraint_acceleration(self, state: State, free: tf.Tensor, parameters: tf.Tensor | None) -> tf.Tensor:
        """Returns M^-1 J^T lambda `[..., n]`, with (J M^-1 J^T) lambda = J a + v^T (d^2 phi / dq^2) v.

        Args:
          state: (q, v) `[..., 2n]`.
          free: The acceleration a `[..., n]` without constraints.
          parameters: As in `call`.
        """
        position, velocity = phase_space.split(state)
        jacobian = constraint_jacobian(self.constraints, position)
        rows = tf.unstack(jacobian, axis=-2)
        pushes = [self.hamiltonian.mobility(state, row, parameters) for row in rows]
        matrix = tf.stack([tf.reduce_sum(jacobian * push[..., tf.newaxis, :], -1) for push in pushes], -1)
        right = constraint_curvature(self.constraints, position, velocity)
        right += tf.reduce_sum(jacobian * free[..., tf.newaxis, :], -1)
        return forces(tf.stack(pushes, -2), multipliers(matrix, right))

    def _force(self, state: State, inputs: tf.Tensor | None, parameters: tf.Tensor | None) -> tf.Tensor:
        """Returns the generalised forces `[..., n]` that do not come from the energy, at states (q, v) `[..., 2n]`."""
        _, velocity = phase_space.split(state)
        force = tf.zeros_like(velocity)
        if self.dissipation is not None:
            force = self._friction(self.dissipation, state, parameters)
        if self.control is None or inputs is None:
            return force
        gains = self.control.gain_matrix(self.to_canonical(state, parameters))
        if not gains.shape.is_compatible_with([*velocity.shape, self.num_inputs]):  # a wrong shape may broadcast
            raise ValueError(
                f"control: expected B of shape [..., n, {self.num_inputs}] for states {state.shape}; received "
                f"{gains.shape}"
            )
        return force + tf.reduce_sum(gains * inputs[..., tf.newaxis, :], -1)

    def _friction(self, dissipation: Any, state: State, parameters: tf.Tensor | None) -> tf.Tensor:
        _, velocity = phase_space.split(state)
        damping = dissipation.damping(self.to_canonical(state, parameters))
        if not damping.shape.is_compatible_with([*velocity.shape, velocity.shape[-1]]):  # a wrong shape may broadcast
            raise ValueError(
                f"dissipation: expected D of shape [..., n, n] for states {state.shape}; received {damping.shape}"
            )
        return -tf.reduce_sum(damping * velocity[..., tf.newaxis, :], -1)

    def to_canonical(self, state: State, parameters: tf.Tensor | None = None) -> State:
        """Returns the states (q, p) `[..., 2n]` of states (q, v) `[..., 2n]`; parameters are as in `call`."""
        check_parameters(self, parameters)
        state = self._own(state)
        momentum = self.hamiltonian.momentum(state, **given_parameters(parameters))
        return phase_space.join(phase_space.split(state)[0], momentum)

    def _own(self, state: State) -> State:
        return tf.cast(state, self.compute_dtype)  # Keras casts only floating-point numbers

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """Returns the output's shape `[..., 2n]`, which equals the input's shape."""
        return tuple(input_shape)

    def serving_signatures(self, **rollout_options: Any) -> Signatures:
        """Returns the signatures of an export; see `state_signatures`."""
        return state_signatures(self, **rollout_options)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments, with serialized inner layers."""
        own: dict[str, Any] = {self.part: serialize_layer(getattr(self.hamiltonian, self.part))}
        for name in ("dissipation", "control", "constraints"):
            layer = getattr(self, name)
            own[name] = None if layer is None else serialize_layer(layer)
        return super().get_config() | own

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> "VelocityNetwork":
        """Returns the model for a configuration from `get_config`."""
        return cls(**deserialized_layers(config, (cls.part, "dissipation", "control", "constraints"), custom_objects))
