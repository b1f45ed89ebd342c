"""The base class of networks whose states are positions and velocities."""

import abc
from collections.abc import Sequence
from typing import Any, ClassVar

import keras
import tensorflow as tf

from hnn_tf import phase_space
from hnn_tf.models.inner_layer import deserialized_layers, serialize_layer
from hnn_tf.models.learned_motion import LearnedMotion
from hnn_tf.models.state_signatures import Signatures, state_signatures
from hnn_tf.models.velocity_energy import VelocityEnergy
from hnn_tf.typing import State


class VelocityNetwork(LearnedMotion, keras.Model, abc.ABC):
    """The base class of networks whose states are positions and velocities (q, v), where v = dq/dt.

    call(q, v) = (v, dv/dt).

    The acceleration dv/dt follows from the energy `hamiltonian(state)` and from the generalised forces that do not come
    from the energy, such as friction.

    Args:
      energy: The energy E(q, v), which knows its equation of motion.
      dissipation: A Keras layer with a method `damping(state)` that returns D `[..., n, n]` at states (q, p), for
        example `LinearFriction()` or `MLPDissipation()`. D must be symmetric and positive semidefinite. The friction is
        the force -D v, and the energy changes by dE/dt = -v^T D v. By default, there is no dissipation, and the model
        is `conservative`.

    Attributes:
      part: The name of the constructor's argument from which the energy is made.
      canonical: False, because velocities are not momenta.

    Input: state (q, v) `[..., 2n]`. Output: time derivative `[..., 2n]`.

    Raises:
      TypeError: If `dissipation` is not a Keras layer with a method `damping`.
      ValueError: If the parts differ in precision.
    """

    part: ClassVar[str]
    canonical = False
    momentum_is_velocity = True
    separable = False

    @abc.abstractmethod
    def __init__(self, energy: VelocityEnergy, dissipation: keras.layers.Layer | None = None, **kwargs: Any) -> None:
        has_damping = isinstance(dissipation, keras.layers.Layer) and hasattr(dissipation, "damping")
        if dissipation is not None and not has_damping:
            raise TypeError(
                "dissipation: expected a Keras layer with a method damping, state (q, p) -> D [..., n, n], as "
                f"LinearFriction(); received {dissipation!r}; friction must be a force, because dq/dt is the velocity"
            )
        if dissipation is not None and dissipation.compute_dtype != energy.compute_dtype:
            raise ValueError(
                f"dissipation: expected the energy's precision {energy.compute_dtype}; received "
                f"{dissipation.compute_dtype}; give both the same dtype=..."
            )
        kwargs.setdefault("dtype", energy.dtype_policy)
        super().__init__(**kwargs)
        self.hamiltonian, self.dissipation = energy, dissipation
        self.supports_masking = True  # each state is computed separately, so a mask of times stays valid
        if not kwargs.get("trainable", True):
            energy.trainable = False  # otherwise, an outer model would train the part
            if dissipation is not None:
                dissipation.trainable = False

    @property
    def conservative(self) -> bool:
        """Whether there is no dissipation, so that the energy is conserved."""
        return self.dissipation is None

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Builds the parts for states (q, v) `[..., 2n]`."""
        width = 2 * phase_space.dof(tf.TensorSpec(input_shape))
        self.input_spec = keras.layers.InputSpec(min_ndim=1, axes={-1: width})
        for layer in (self.hamiltonian, self.dissipation):
            if layer is not None and not layer.built:
                layer.build(input_shape)

    def call(self, state: State) -> tf.Tensor:
        """Returns the time derivative (v, dv/dt) `[..., 2n]` of states (q, v) `[..., 2n]`."""
        state = self._own(state)
        _, velocity = phase_space.split(state)
        return phase_space.join(velocity, self.hamiltonian.acceleration(state, self._force(state)))

    def _force(self, state: State) -> tf.Tensor:
        """Returns the generalised forces `[..., n]` that do not come from the energy, at states (q, v) `[..., 2n]`.

        All such forces are added here.
        """
        _, velocity = phase_space.split(state)
        if self.dissipation is None:
            return tf.zeros_like(velocity)
        damping = self.dissipation.damping(self.to_canonical(state))
        if not damping.shape.is_compatible_with([*velocity.shape, velocity.shape[-1]]):  # a wrong shape may broadcast
            raise ValueError(
                f"dissipation: expected D of shape [..., n, n] for states {state.shape}; received {damping.shape}"
            )
        return -tf.reduce_sum(damping * velocity[..., tf.newaxis, :], -1)

    def to_canonical(self, state: State) -> State:
        """Returns the states (q, p) `[..., 2n]` of states (q, v) `[..., 2n]`."""
        state = self._own(state)
        return phase_space.join(phase_space.split(state)[0], self.hamiltonian.momentum(state))

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
        dissipation = None if self.dissipation is None else serialize_layer(self.dissipation)
        own = {self.part: serialize_layer(getattr(self.hamiltonian, self.part)), "dissipation": dissipation}
        return super().get_config() | own

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> "VelocityNetwork":
        """Returns the model for a configuration from `get_config`."""
        return cls(**deserialized_layers(config, (cls.part, "dissipation"), custom_objects))
