"""The symplectic gradient of any differentiable Hamiltonian, true or learned."""

from collections.abc import Callable

import tensorflow as tf

from hnn_tf import phase_space
from hnn_tf.declarations import declared
from hnn_tf.typing import Hamiltonian, State


def symplectic_gradient(hamiltonian: Hamiltonian, state: State) -> tf.Tensor:
    """Returns the time derivative that a Hamiltonian gives to a state.

    J grad H(s):  dq/dt = dH/dp,  dp/dt = -dH/dq.

    Shape key: `...` any batch, n = degrees of freedom.

    Args:
      hamiltonian: A callable from a state `[..., 2n]` to its energy `[...]`. Each energy must depend only on its own
        state. A `tf.GradientTape` differentiates it, unless it has a method `gradient(state)` that returns dH/ds `[...,
        2n]`.
      state: Float tensor `[..., 2n]`, concat(q, p).

    Returns:
      The time derivative `[..., 2n]`, in the precision of the Hamiltonian's gradient: the state's, or a layer's own.

    Raises:
      ValueError: If the last axis is not 2n, or `hamiltonian` returns a shape other than `[...]`.

    References:
      Greydanus, Dzamba, Yosinski. Hamiltonian Neural Networks. arXiv:1906.01563, eq. 2.
    """
    dh_dq, dh_dp = phase_space.split(energy_gradient(hamiltonian, state))
    return phase_space.join(dh_dp, -dh_dq)


def energy_gradient(hamiltonian: Hamiltonian, state: State) -> tf.Tensor:
    """Returns the gradient dH/ds `[..., 2n]` at states `[..., 2n]`.

    The arguments and errors are those of `symplectic_gradient`.
    """
    state = tf.convert_to_tensor(state)
    phase_space.dof(state)
    return scalar_gradient(hamiltonian, state)


def scalar_gradient(function: Callable[[tf.Tensor], tf.Tensor], x: tf.Tensor) -> tf.Tensor:
    """Returns the gradient `[..., d]` of a function from vectors `[..., d]` to numbers `[...]`.

    A `tf.GradientTape` differentiates the function, unless it has a method `gradient(x)`.
    """
    written_out = declared(function, "gradient")
    return written_out(x) if written_out else _taped_gradient(function, x)


def _taped_gradient(hamiltonian: Hamiltonian, state: State) -> tf.Tensor:
    # This tape only differentiates by the state. The caller's tape records the variables.
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(state)
        energy = hamiltonian(state)
    if not energy.shape.is_compatible_with(state.shape[:-1]):
        raise ValueError(
            f"hamiltonian: expected an energy of shape {state.shape[:-1]} for states {state.shape}; "
            f"received {energy.shape} (one scalar a state, no trailing axis)"
        )
    return tape.gradient(energy, state, unconnected_gradients=tf.UnconnectedGradients.ZERO)
