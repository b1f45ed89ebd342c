"""The Lagrangian neural network."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from hnn_tf.input_error import InputError
from hnn_tf.models.lagrangian_energy import LagrangianEnergy
from hnn_tf.models.velocity_network import VelocityNetwork
from hnn_tf.typing import State

_MOST_CHECKED = 10_000
"""The largest number of states that `check_states` evaluates. If there are more, every k-th state is checked."""


@keras.saving.register_keras_serializable(package="hnn_tf")
class LagrangianNetwork(VelocityNetwork):
    """A network that learns a Lagrangian L(q, v), v = dq/dt, and outputs the motion of the Euler-Lagrange equation.

    call(q, v) = (v, a),  (d^2L/dv^2) a = dL/dq - (d^2L/dv dq) v - D v + B u.

    In contrast to `MechanicalVelocityNetwork`, the kinetic energy need not be quadratic in v. `to_canonical` returns
    p = dL/dv, and `hamiltonian(state)` is the energy v . p - L, which is constant without dissipation. L is determined
    only up to a factor and the total time derivative of a function of q.

    The generalised mass matrix d^2L/dv^2 must be positive definite. With `MLPLagrangian`, this is so for all weights.
    Where the matrix of another layer is not positive definite, in the model's precision, the acceleration is NaN.
    `check_states` refuses such states in one line, and a training checks the states of its samples before its first
    step.

    Args:
      lagrangian: L, a Keras layer from states (q, v) `[..., 2n]` to `[...]` or `[..., 1]`, for example
        `MLPLagrangian()`. Tapes differentiate it twice, unless it has the method `motion_terms` of `LagrangianEnergy`.
        An export with tapes has gradient kernels that LiteRT, ONNX and TensorFlow.js may not know.
      dissipation: A Keras layer with a method `damping(state)` that returns D `[..., n, n]` at states (q, p), for
        example `LinearFriction()` or `MLPDissipation()`. D must be symmetric and positive semidefinite. By default,
        there is no dissipation.
      control: A Keras layer with `num_inputs`, m, and a method `gain_matrix(state)` that returns B `[..., n, m]`, for
        example `LinearInput(1)` or `MLPInput(1)`. By default, there are no inputs.
      constraints: A Keras layer from a position `[..., n]` to phi `[..., C]`, for example
        `hnn_tf.constraints.RigidRods`. The forces J^T lambda of the constraints, J = dphi/dq, keep a state on the
        manifold phi = 0, J v = 0. By default, all positions are possible.

    Input: state (q, v) `[..., 2n]` and, with a control layer, `inputs` `[..., m]`. Output: time derivative `[..., 2n]`.

    Raises:
      TypeError: If `lagrangian` is not a Keras layer, `dissipation` has no method
        `damping`, or `control` has no method `gain_matrix`.
      ValueError: If the layers differ in precision.

    Example:
      >>> model = LagrangianNetwork(MLPLagrangian())
      >>> model(keras.ops.zeros([8, 4])).shape
      TensorShape([8, 4])

    References:
      Cranmer, Greydanus, Hoyer, Battaglia, Spergel, Ho. Lagrangian Neural Networks. arXiv:2003.04630.
    """

    part = "lagrangian"

    def __init__(
        self,
        lagrangian: keras.layers.Layer,
        dissipation: keras.layers.Layer | None = None,
        control: keras.layers.Layer | None = None,
        constraints: keras.layers.Layer | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(LagrangianEnergy(lagrangian), dissipation, control, constraints, **kwargs)

    @property
    def lagrangian(self) -> keras.layers.Layer:
        """The layer of L."""
        return self.hamiltonian.lagrangian

    def mass_matrix(self, state: State) -> tf.Tensor:
        """Returns the generalised mass matrix d^2L/dv^2 `[..., n, n]` at states (q, v) `[..., 2n]`."""
        return self.hamiltonian.motion_terms(state)[2]

    def check_states(self, states: np.ndarray) -> None:
        """Refuses states (q, v) `[N, 2n]` at which the generalised mass matrix is not positive definite.

        Raises:
          InputError: If there is such a state.
        """
        states = np.asarray(states, self.compute_dtype)
        states = states[np.isfinite(states).all(-1)]
        states = states[:: 1 + len(states) // _MOST_CHECKED]
        if not len(states):
            return
        least = np.linalg.eigvalsh(self.mass_matrix(tf.constant(states)).numpy().astype(np.float64))[:, 0]
        worst, refused = int(np.argmin(least)), int(np.sum(least <= 0))
        if refused:
            state = np.array2string(states[worst], precision=3)
            raise InputError(
                f"{self.name}: expected a positive definite d2L/dv2, because the motion needs its inverse; it has the "
                f"eigenvalue {least[worst]:.3g} at the state {state}, and is not positive at {refused} of "
                f"{len(states)} states; take MLPLagrangian, or add |v|^2 / 2 to L"
            )
