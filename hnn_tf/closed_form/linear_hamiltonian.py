"""The part of a model for which a closed form solves."""

from typing import Any

import numpy as np

from hnn_tf.closed_form.linear_field import is_linear
from hnn_tf.declarations import declared, name_of
from hnn_tf.input_error import InputError
from hnn_tf.models.hamiltonian_network import HamiltonianNetwork
from hnn_tf.typing import Samples


def linear_hamiltonian(model: Any, samples: Samples) -> Any:
    """Returns a network's Hamiltonian, or the given Hamiltonian, built for the states of the samples.

    Args:
      model: A `HamiltonianNetwork`, or a Hamiltonian.
      samples: The columns `state` `[N, 2n]` or `states` `[N, T, 2n]`, and others.

    Raises:
      InputError: If the Hamiltonian is not linear in its coefficients, the model has a dissipation that would stay
        unfitted or constraints, or the Hamiltonian or the samples have parameters.
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
    if network and model.constraints is not None:
        raise InputError(
            "closed form: expected a model without constraints, because their forces are no part of H; received "
            f"{model.name} with constraints; take a MechanicalVelocityNetwork and closed_form.fit_constrained, or "
            "train this model by TrainingLoop"
        )
    if declared(hamiltonian, "num_parameters"):
        raise InputError(
            f"closed form: expected a Hamiltonian without parameters; received {name_of(hamiltonian)} with "
            f"num_parameters={declared(hamiltonian, 'num_parameters')}; train it by TrainingLoop"
        )
    if "parameters" in samples:
        # One H of all samples would be that of no parameters at all.
        raise InputError(
            "closed form: expected samples without parameters, because one H is fitted to all samples; received the "
            "column 'parameters'; fit the samples of each value alone, or train MLPHamiltonian(num_parameters=k) by "
            "TrainingLoop"
        )
    if not declared(hamiltonian, "built"):
        states = samples["state"] if "state" in samples else samples["states"]
        hamiltonian.build([None, np.shape(states)[-1]])
    return hamiltonian
