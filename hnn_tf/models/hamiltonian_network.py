"""The Hamiltonian neural network."""

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from hnn_tf import phase_space
from hnn_tf.constraints.constrained_motion import constrained_motion
from hnn_tf.declarations import declared
from hnn_tf.models.equation_of_motion import EquationOfMotion
from hnn_tf.models.inner_layer import deserialized_layers, serialize_layer
from hnn_tf.models.learned_motion import LearnedMotion
from hnn_tf.models.single_output_hamiltonian import built_with_scalar_energy
from hnn_tf.models.state_signatures import Signatures, state_signatures
from hnn_tf.motion_inputs import check_inputs
from hnn_tf.motion_parameters import at_parameters, check_parameters, of_every_state
from hnn_tf.numerics.symplectic_gradient import energy_gradient, symplectic_gradient
from hnn_tf.typing import State


@keras.saving.register_keras_serializable(package="hnn_tf")
class HamiltonianNetwork(EquationOfMotion, LearnedMotion, keras.Model):
    """A network that learns a Hamiltonian and outputs the Hamiltonian's motion, with or without dissipation and inputs.

    call(s) = (J - R(s)) grad H(s),  s = (q, p). Without dissipation, dq/dt = dH/dp and dp/dt = -dH/dq.
    call(s, inputs=u) = (J - R(s)) grad H(s) + G(s) u,  if the model has a control layer G.
    call(s, parameters=theta) = (J - R(s)) grad H(s; theta),  if H has parameters theta, such as masses.

    With constraints phi(q) = 0, dp/dt has the forces of the constraints, too, so that a state on the manifold phi = 0,
    dphi/dt = 0 stays there: see `hnn_tf.constraints.constrained_motion`.

    The output is the time derivative, so Keras' own `compile(loss="mse")` and `fit(states, derivatives)` train the
    model. `.keras` files, callbacks and `jit_compile=True` work as for any Keras model. Along exact trajectories of the
    model, dH/dt = -(grad H)^T R grad H + y^T u, where y = G^T grad H is the output that belongs to the input u. Without
    dissipation and inputs, the energy is therefore constant. With dissipation alone, the energy falls or stays
    constant.

    Args:
      hamiltonian: A Keras layer from a state `[..., 2n]` to its energy `[...]`, for example `MLPHamiltonian()`. A layer
        with the output `[..., 1]`, such as `Sequential([Dense(64, "tanh"), Dense(1)])`, is also accepted, and the last
        axis of its output is removed. `model.hamiltonian(state)` is the learned energy, which is determined only up to
        a constant. A layer of the form T(p) + V(q) declares this form by an attribute `separable = True`. A layer that
        is called as `hamiltonian(state, parameters=theta)` with theta `[..., k]`, for example
        `MLPHamiltonian(num_parameters=k)`, declares k by an attribute `num_parameters`. R and G have no parameters.
      dissipation: A Keras layer from a state `[..., 2n]` to R `[..., 2n, 2n]`, for example `LinearFriction()` or
        `MLPDissipation()`. R must be symmetric and positive semidefinite. By default, there is no dissipation.
      control: A Keras layer from a state `[..., 2n]` to G `[..., 2n, m]`, for example `LinearInput(1)` or
        `MLPInput(1)`. A layer of your own declares m by an attribute `num_inputs`. By default, there are no inputs. A
        model without dissipation and control is `conservative`.
      constraints: A Keras layer from a position `[..., n]` to phi `[..., C]`, for example
        `hnn_tf.constraints.RigidRods`. By default, all positions are possible.

    Input: state `[..., 2n]`; with a control layer, `inputs` `[..., m]`; if H has parameters, `parameters` `[..., k]` or
    `[k]`. Output: time derivative `[..., 2n]`.

    Raises:
      TypeError: If a part is not a Keras layer.
      ValueError: If the layers differ in precision, the control layer does not declare `num_inputs`, or, in a call, R
        or G has another shape.
      InputError: In a call, if `inputs` are missing, have another width, or are given to a model without control layer;
        and likewise for `parameters`.

    Example:
      >>> model = HamiltonianNetwork(MLPHamiltonian())
      >>> model(keras.ops.zeros([8, 2])).shape
      TensorShape([8, 2])
      >>> driven = HamiltonianNetwork(MLPHamiltonian(), control=LinearInput(1))
      >>> driven(keras.ops.zeros([8, 2]), inputs=keras.ops.ones([8, 1])).shape
      TensorShape([8, 2])
      >>> family = HamiltonianNetwork(MLPHamiltonian(num_parameters=3))
      >>> family(keras.ops.zeros([8, 2]), parameters=[1.0, 0.5, 9.81]).shape
      TensorShape([8, 2])

    References:
      Greydanus, Dzamba, Yosinski. Hamiltonian Neural Networks. arXiv:1906.01563.
      van der Schaft, Jeltsema. Port-Hamiltonian Systems Theory: An Introductory Overview. 2014.
    """

    _LAYERS = ("hamiltonian", "dissipation", "control", "constraints")

    def __init__(
        self,
        hamiltonian: keras.layers.Layer,
        dissipation: keras.layers.Layer | None = None,
        control: keras.layers.Layer | None = None,
        constraints: keras.layers.Layer | None = None,
        **kwargs: Any,
    ) -> None:
        for name, layer, expected in (
            ("hamiltonian", hamiltonian, "state [..., 2n] -> energy [...], as MLPHamiltonian()"),
            ("dissipation", dissipation, "state [..., 2n] -> R [..., 2n, 2n], as LinearFriction()"),
            ("control", control, "state [..., 2n] -> G [..., 2n, m], as LinearInput(1)"),
            ("constraints", constraints, "position [..., n] -> phi [..., C], as RigidRods(...)"),
        ):
            if isinstance(layer, keras.layers.Layer) or (layer is None and name != "hamiltonian"):
                continue
            mend = "; put a function into the call of a keras.layers.Layer" if name == "hamiltonian" else ""
            raise TypeError(f"{name}: expected a Keras layer, {expected}; received {layer!r}{mend}")
        for name, layer in (("dissipation", dissipation), ("control", control), ("constraints", constraints)):
            if layer is not None and layer.compute_dtype != hamiltonian.compute_dtype:
                raise ValueError(
                    f"{name}: expected the Hamiltonian's precision {hamiltonian.compute_dtype}; received "
                    f"{layer.compute_dtype}; give both the same dtype=..."
                )
        if control is not None and declared(control, "num_inputs") is None:
            raise ValueError(
                "control: expected a layer with an attribute num_inputs, the number of columns of G; received "
                f"{control!r} without; set num_inputs in the layer's class"
            )
        # The model has the policy of its Hamiltonian, so a float64 Hamiltonian makes a float64 model.
        kwargs.setdefault("dtype", hamiltonian.dtype_policy)
        super().__init__(**kwargs)
        self.hamiltonian, self.dissipation, self.control = hamiltonian, dissipation, control
        self.constraints = constraints
        self.supports_masking = True  # each state is computed separately, so a mask of times stays valid
        if not kwargs.get("trainable", True):
            for part in self._parts():
                part.trainable = False  # otherwise, an outer model would train the part

    def _parts(self) -> list[keras.layers.Layer]:
        parts = (self.hamiltonian, self.dissipation, self.control, self.constraints)
        return [part for part in parts if part is not None]

    @property
    def separable(self) -> bool:
        """Whether H = T(p) + V(q), as the Hamiltonian layer declares it."""
        return declared(self.hamiltonian, "separable")

    @property
    def conservative(self) -> bool:
        """Whether there is neither dissipation nor input, so that H is conserved."""
        return self.dissipation is None and self.control is None

    @property
    def num_inputs(self) -> int:
        """m, the number of inputs, as the control layer declares it; 0 without a control layer."""
        return 0 if self.control is None else self.control.num_inputs

    @property
    def num_parameters(self) -> int:
        """k, the number of parameters, as the layer of H declares it; 0 if it declares none."""
        return declared(self.hamiltonian, "num_parameters") or 0

    def has_closed_form(self) -> bool:
        """Returns whether H is linear in its learned numbers, as its layer declares, and there are no constraints."""
        return self.constraints is None and declared(self.hamiltonian, "has_closed_form")

    def physical_parameters(self) -> dict[str, float]:
        """Returns the learned masses, friction and input gains by name, if there are some."""
        found: dict[str, float] = {}
        for part in self._parts():
            found |= declared(part, "physical_parameters")
        return found

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Builds the parts for states `[..., 2n]`."""
        width = 2 * phase_space.dof(tf.TensorSpec(input_shape))
        self.input_spec = keras.layers.InputSpec(min_ndim=1, axes={-1: width})
        hamiltonian = built_with_scalar_energy(self.hamiltonian, input_shape)
        if hamiltonian is not self.hamiltonian:
            self._tracker.untrack(self.hamiltonian)  # the layer now belongs to the new layer, and not to this model
            self.hamiltonian = hamiltonian
        for part in (self.dissipation, self.control):
            if part is not None and not part.built:
                part.build(input_shape)
        if self.constraints is not None and not self.constraints.built:
            self.constraints.build([*input_shape[:-1], width // 2])

    def call(self, state: State, inputs: tf.Tensor | None = None, parameters: tf.Tensor | None = None) -> tf.Tensor:
        """Returns the time derivative `[..., 2n]`.

        Args:
          state: `[..., 2n]`.
          inputs: u `[..., m]`, if the model has a control layer.
          parameters: Theta `[..., k]` or `[k]`, if H has parameters.
        """
        check_inputs(self, inputs)
        check_parameters(self, parameters, state)
        if self.constraints is None:
            return self._free_motion(state, inputs, parameters)

        def motion(at: State) -> tf.Tensor:
            # The states have one more axis than here when the motion is differentiated in several directions.
            theta = None if parameters is None else of_every_state(parameters, at)
            return self._free_motion(at, inputs, theta)

        # With a mass matrix, d^2H/dp^2 is positive definite.
        positive = declared(self.hamiltonian, "inverse_dynamics") is not None
        return constrained_motion(motion, self.constraints, state, positive=positive)

    def _free_motion(self, state: State, inputs: tf.Tensor | None, parameters: tf.Tensor | None) -> tf.Tensor:
        """Returns the motion without constraints."""
        motion = self._autonomous_motion(state, parameters)
        if self.control is None or inputs is None:
            return motion
        matrix = self.control(state)
        if not matrix.shape.is_compatible_with([*motion.shape, self.num_inputs]):  # a wrong shape may broadcast
            raise ValueError(
                f"control: expected G of shape [..., 2n, {self.num_inputs}] for states {state.shape}; received "
                f"{matrix.shape}"
            )
        return motion + tf.reduce_sum(matrix * inputs[..., tf.newaxis, :], -1)

    def _autonomous_motion(self, state: State, parameters: tf.Tensor | None) -> tf.Tensor:
        hamiltonian = at_parameters(self.hamiltonian, parameters)
        if self.dissipation is None:
            return symplectic_gradient(hamiltonian, state)
        gradient = energy_gradient(hamiltonian, state)
        dh_dq, dh_dp = phase_space.split(gradient)
        matrix = self.dissipation(state)
        if not matrix.shape.is_compatible_with([*gradient.shape, gradient.shape[-1]]):  # a wrong shape may broadcast
            raise ValueError(
                f"dissipation: expected R of shape [..., 2n, 2n] for states {state.shape}; received {matrix.shape}"
            )
        return phase_space.join(dh_dp, -dh_dq) - tf.reduce_sum(matrix * gradient[..., tf.newaxis, :], -1)

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """Returns the output's shape `[..., 2n]`, which equals the input's shape."""
        return tuple(input_shape)

    def serving_signatures(self, **rollout_options: Any) -> Signatures:
        """Returns the signatures of an export; see `state_signatures`."""
        return state_signatures(self, **rollout_options)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments, with serialized inner layers."""
        layers = {name: getattr(self, name) for name in self._LAYERS}
        return super().get_config() | {
            name: None if layer is None else serialize_layer(layer) for name, layer in layers.items()
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> "HamiltonianNetwork":
        """Returns the model for a configuration from `get_config`."""
        return cls(**deserialized_layers(config, cls._LAYERS, custom_objects))
