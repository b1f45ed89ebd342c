"""The declarations in which parts say what they can do, and the functions that read them.

A layer, a model or a system declares a property by an attribute, or by a method, of the name in `DECLARATIONS`. Nobody
has to declare anything: a part without the attribute, such as a Keras layer of your own or a plain function, has the
value that the table states. Other code reads a declaration only by `declared`, and does not ask for the class or the
name of a part.

Objectives and integrators are not in the table, because all of them derive from `Objective` and `Integrator`. These
classes list their declarations, with the values of a part that does not set them, and code reads their attributes
directly.

This module imports nothing heavy.
"""

import dataclasses
import inspect
from collections.abc import Callable
from typing import Any


@dataclasses.dataclass(frozen=True)
class Declaration:
    """A property that a part may declare.

    Attributes:
      kind: The type of the value. A value of the kind `Callable` is a function, a method with arguments or a layer. A
        value of another kind is an attribute, or the result of a method without arguments. `object` stands for arrays
        and models, which are not called even if they can be.
      undeclared: What a part has that does not declare the property, in the same form.
      meaning: The meaning of the value.
    """

    kind: Any
    undeclared: Any
    meaning: str


MOTIONS = {
    "name": Declaration(str, None, "The name of the part in messages; without it, the name of its class is used."),
    "compute_dtype": Declaration(str, None, "The precision in which the part computes; None if it takes any."),
    "separable": Declaration(bool, False, "Whether H = T(p) + V(q)."),
    "conservative": Declaration(bool, True, "Whether there is neither dissipation nor input, so that H is conserved."),
    "canonical": Declaration(bool, True, "Whether a state is (q, p), and not for example (q, v)."),
    "momentum_is_velocity": Declaration(bool, False, "Whether the second half of a state is assumed to be dq/dt."),
    "sees_frames": Declaration(bool, False, "Whether the model sees pictures, and not states."),
    "num_inputs": Declaration(
        int, None, "The number m of inputs, 0 for none, of a motion or a control layer; None if it is unknown."
    ),
    "num_parameters": Declaration(
        int, None, "The number k of parameters, 0 for none, of a motion or an energy; None if it is unknown."
    ),
    "hamiltonian": Declaration(Callable, None, "The energy [...] of states [..., 2n]; None if there is none."),
    "dissipation": Declaration(Callable, None, "The matrix R [..., 2n, 2n] of states; None if there is none."),
    "control": Declaration(Callable, None, "The layer G of the inputs; None if there is none."),
    "constraints": Declaration(Callable, None, "The layer q -> phi(q) [..., C]; None if all positions are possible."),
    "vector_field": Declaration(object, None, "The model of states within the model; None for the model itself."),
    "computes_forces": Declaration(bool, False, "Whether there is a method `inverse_dynamics` for the forces."),
    "computes_accelerations": Declaration(bool, False, "Whether there is a method `forward_dynamics`."),
    "check_states": Declaration(Callable, None, "Refuses states [N, 2n] at which there is no motion."),
    "suggested_step_size": Declaration(
        float, None, "The longest sensible integrator step, in the unit of time; None if it is unknown."
    ),
    "serving_signatures": Declaration(
        Callable, None, "Makes the signatures of an export; None for the signatures of a model of states."
    ),
}
"""The declarations of models, and of other motions such as systems and functions."""

ENERGIES = {
    "even_in_momenta": Declaration(bool, False, "Whether H(q, p) = H(q, -p)."),
    "gradient": Declaration(
        Callable,
        None,
        "The written-out gradient [..., d] at vectors [..., d], for an energy with parameters also of "
        "`parameters` [..., k].",
    ),
    "motion_terms": Declaration(
        Callable, None, "The written-out derivatives of a Lagrangian; see `LagrangianEnergy.motion_terms`."
    ),
    "inverse_dynamics": Declaration(
        Callable, None, "The forces (q, v, a) -> tau of a Hamiltonian with a mass matrix; None if it has none."
    ),
    "inverse_mass_matrix": Declaration(
        Callable,
        None,
        "The matrix A [..., n, n] of positions in H = p^T A(q) p / 2 + V(q), if it may not be positive definite.",
    ),
    "built": Declaration(bool, True, "Whether the weights exist, as in Keras."),
    "feature_gradients": Declaration(
        Callable, None, "The gradients [..., d, m] of the m features of which the energy is a weighted sum."
    ),
    "has_features": Declaration(
        bool, True, "Whether `feature_gradients` can be called: a layer around another one has the features of that."
    ),
    "coefficient_scales": Declaration(object, None, "The prior scales [m] of the coefficients of the features."),
    "known_gradient": Declaration(
        Callable, None, "The gradient [..., d] of the part of the energy that has no coefficients; None if none has."
    ),
    "mechanics": Declaration(object, None, "The Hamiltonian with a mass matrix, of an energy that is made of one."),
    "mass_matrix": Declaration(Callable, None, "The layer of the mass matrix; None if there is none."),
    "potential": Declaration(Callable, None, "The layer of the potential; None if there is none."),
    "assign_masses": Declaration(Callable, None, "Replaces the learned masses of points; None if there are none."),
    "known_masses": Declaration(object, None, "The known masses [n] or [1] of a kinetic energy; None if unknown."),
    "with_pairs": Declaration(
        Callable, None, "Makes a copy for bodies that act on each other in the given pairs; None if it cannot."
    ),
    "adapt": Declaration(Callable, None, "Makes the features again from vectors [N, d]."),
}
"""The declarations of Hamiltonians, Lagrangians and other energies."""

CONSTRAINTS = {
    "jacobian": Declaration(Callable, None, "The written-out dphi/dq [..., C, n] at positions [..., n]."),
    "curvature": Declaration(
        Callable, None, "The written-out v^T (d^2 phi / dq^2) v [..., C] at positions and velocities [..., n]."
    ),
}
"""The declarations of constraints."""

FRICTION_AND_INPUTS = {
    "coefficient": Declaration(object, None, "The coefficients [n] of linear friction."),
    "assign_coefficient": Declaration(Callable, None, "Replaces the coefficients of linear friction by one number."),
    "damping": Declaration(Callable, None, "The block D [..., n, n] of R that acts on the momenta, if no other does."),
    "assign_gains": Declaration(Callable, None, "Replaces the constant gains [n, m] of inputs; None if G varies."),
    "known_gains": Declaration(object, None, "The known constant gains [n, m] of inputs; None if they are learned."),
    "gain_matrix": Declaration(Callable, None, "The block B [..., n, m] of G, if the inputs are forces."),
}
"""The declarations of layers of dissipation and control."""

LEARNED = {
    "has_closed_form": Declaration(bool, False, "Whether H is linear in all of its learned numbers."),
    "forces_have_closed_form": Declaration(
        bool, False, "Whether the forces of `inverse_dynamics` are linear in all learned numbers."
    ),
    # Like a method, `dict` makes a new dictionary for each reader, who may change it.
    "physical_parameters": Declaration(dict, dict, "The learned numbers with a physical meaning, by name; else none."),
}
"""The declarations of everything that learns: models, energies and friction."""

DECLARATIONS: dict[str, Declaration] = MOTIONS | ENERGIES | CONSTRAINTS | FRICTION_AND_INPUTS | LEARNED
"""All declarations, by the name of the attribute or the method."""


def declared(part: Any, name: str) -> Any:
    """Returns what a part declares, or the value of a part that does not declare it.

    Args:
      part: A model, a layer, a system or any other part; None stands for a part that is not there.
      name: A name in `DECLARATIONS`.

    Raises:
      KeyError: If there is no such declaration.
    """
    declaration = DECLARATIONS[name]
    value = getattr(part, name, declaration.undeclared)
    if declaration.kind is object:
        return value() if inspect.isroutine(value) else value  # a model is callable, too, but it is the value itself
    return value() if callable(value) and declaration.kind is not Callable else value


def name_of(part: Any) -> str:
    """Returns the name of a part, for messages."""
    return declared(part, "name") or type(part).__name__


def motion_of(model: Any) -> Any:
    """Returns the model of states `[..., 2n]`: the given one, or the one within a model that sees pictures."""
    inner = declared(model, "vector_field")
    return model if inner is None else inner
