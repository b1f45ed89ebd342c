"""The part of a model for which a closed form solves."""

from typing import Any

from hnn_tf.closed_form.linear_field import is_linear
from hnn_tf.declarations import declared
from hnn_tf.input_error import InputError
from hnn_tf.models.hamiltonian_network import HamiltonianNetwork


def linear_hamiltonian(model: Any, *, width: int) -> Any:
    """Returns a network's Hamiltonian, or the given Hamiltonian, built for states `[..., width]`.

    Args:
      model: A `HamiltonianNetwork`, or a Hamiltonian.
      width: 2n.

    Raises:
      InputError: If the Hamiltonian is not linear in its coefficients, or the model has a dissipation that would stay
        unfitted.
    """
    network = isinstance(model, HamiltonianNetwork)
    hamiltonian = model.hamiltonian if network else model
    if not is_linear(hamiltonian):
        raise InputError(
            f"closed form: expected a Hamiltonian that is linear in its coefficients; received {hamiltonian!r}; use "
            "RandomFeatureHamiltonian or MLPHamiltonian, or train this Hamiltonian by TrainingLoop"
        )
    if network and model.dissipation is not None:
        raise InputError(
            "closed form: expected a model without dissipation, because only the Hamiltonian is fitted; received "
            f"{model.name} with a dissipation; call hnn_tf.warm_start, which fits both, or give the Hamiltonian alone"
        )
    if not declared(hamiltonian, "built"):
        hamiltonian.build([None, width])
    return hamiltonian
