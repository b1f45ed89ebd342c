"""The symplectic gradient of any differentiable Hamiltonian, true or learned."""

import tensorflow as tf

from hnn_tf import phase_space
from hnn_tf.typing import Hamiltonian, State


def symplectic_gradient(hamiltonian: Hamiltonian, state: State) -> tf.Tensor:
    """Time derivative that a Hamiltonian gives a state.

    J grad H(s):  dq/dt = dH/dp,  dp/dt = -dH/dq.

    Shape key: `...` any batch, n = degrees of freedom.

    Args:
      hamiltonian: Callable, state `[..., 2n]` -> energy `[...]`; each energy may depend on its own state only.
        Differentiated by a `tf.GradientTape`, unless it has a method `gradient(state)` that gives dH/ds `[..., 2n]`.
      state: Float tensor `[..., 2n]`, concat(q, p).

    Returns:
      Time derivative `[..., 2n]`, in the precision of the Hamiltonian's gradient: the state's, or a layer's own.

    Raises:
      ValueError: If the last axis isn't 2n, or `hamiltonian` returns another shape than `[...]`.

    References:
      Greydanus, Dzamba, Yosinski. Hamiltonian Neural Networks. arXiv:1906.01563, eq. 2.
    """
    dh_dq, dh_dp = phase_space.split(energy_gradient(hamiltonian, state))
    return phase_space.join(dh_dp, -dh_dq)


def energy_gradient(hamiltonian: Hamiltonian, state: State) -> tf.Tensor:
    """Gradient dH/ds `[..., 2n]` at states `[..., 2n]`; arguments and errors are `symplectic_gradient`'s."""
    state = tf.convert_to_tensor(state)
    phase_space.dof(state)
    written_out = getattr(hamiltonian, "gradient", None)
    return written_out(state) if written_out else _taped_gradient(hamiltonian, state)


def _taped_gradient(hamiltonian: Hamiltonian, state: State) -> tf.Tensor:
    # Variables are left to the caller's tape: this one only ever differentiates by the state.
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(state)
        energy = hamiltonian(state)
    if not energy.shape.is_compatible_with(state.shape[:-1]):
        raise ValueError(
            f"hamiltonian: expected an energy of shape {state.shape[:-1]} for states {state.shape}; "
            f"received {energy.shape} (one scalar a state, no trailing axis)"
        )
    return tape.gradient(energy, state, unconnected_gradients=tf.UnconnectedGradients.ZERO)
