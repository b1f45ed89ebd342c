"""The models that are tried for measurements, in the order of their cost. Imports nothing heavy."""

import dataclasses

BUDGETS = ("fast", "normal", "thorough")


@dataclasses.dataclass(frozen=True)
class Candidate:
    """A model that may be tried.

    Attributes:
      model: The name of the model in `hnn_tf.models.MODELS`.
      words: What the model assumes, in words that complete "a model with ...".
      budget: The least budget with which the model is tried.
      second_half: What the second half of the states must be: "momenta", "velocities", "observed velocities", "any".
      time_reversible: Whether H is made even in p.
      velocities: Whether the model's own states are positions and velocities, and not momenta.
      least_dof: The least number of positions.
      num_features: The number of random features for each position; 0 for a network.
      of_forces: Whether the model is fitted to measured accelerations and forces, one for each position.
      conservative_twin: The same model without friction, which is tried if this one is the best so far.
    """

    model: str
    words: str
    budget: str = "fast"
    second_half: str = "any"
    time_reversible: bool = False
    velocities: bool = False
    least_dof: int = 1
    num_features: int = 0
    of_forces: bool = False
    conservative_twin: str | None = None


_CLOSED_FORMS = (
    Candidate(
        "known_mass_random_features_friction",
        "known masses, a potential V(q) and linear friction",
        second_half="velocities",
        num_features=60,
        conservative_twin="known_mass_random_features",
    ),
    Candidate(
        "separable_random_features_friction",
        "H = T(p) + V(q) and linear friction",
        num_features=100,
        second_half="observed",
        conservative_twin="separable_random_features",
    ),
    Candidate(
        "random_features_friction",
        "a time-reversible H(q, p) and linear friction",
        num_features=100,
        second_half="observed",
        time_reversible=True,
        conservative_twin="random_features",
    ),
    Candidate(
        "mechanical_random_features_friction",
        "a mass that depends on the positions, a potential V(q) and linear friction",
        num_features=60,
        second_half="momenta",
        least_dof=2,
        conservative_twin="mechanical_random_features",
    ),
    Candidate(
        "mechanical_velocity_features",
        "a mass matrix that depends on the positions and a potential V(q), which move under the measured forces",
        num_features=60,
        second_half="velocities",
        velocities=True,
        of_forces=True,
    ),
)
_NETWORKS = (
    Candidate(
        "known_mass_dissipation",
        "known masses, a potential V(q) and friction that depends on the state",
        budget="normal",
        second_half="velocities",
    ),
    Candidate(
        "hnn_dissipation", "any H(q, p) and friction that depends on the state", budget="normal", second_half="observed"
    ),
    Candidate(
        "mechanical_velocity_friction",
        "a mass matrix that depends on the positions, a potential V(q) and linear friction",
        budget="normal",
        second_half="velocities",
        velocities=True,
        least_dof=2,
    ),
    Candidate("hnn_friction", "any H(q, p) and linear friction", budget="thorough", second_half="observed"),
)
BASELINE_OF_VELOCITIES = Candidate(
    "second_order", "any acceleration, without an energy", second_half="velocities", velocities=True
)
BASELINE_OF_MOMENTA = Candidate("baseline", "any motion, without an energy", second_half="momenta")

CONSERVATIVE = {
    "known_mass_random_features": "known masses and a potential V(q), without friction",
    "separable_random_features": "H = T(p) + V(q), without friction",
    "random_features": "a time-reversible H(q, p), without friction",
    "mechanical_random_features": "a mass that depends on the positions and a potential V(q), without friction",
}


def candidates(
    *, second_half: str, observed: bool, forces: bool, dof: int, budget: str
) -> tuple[list[Candidate], list[Candidate]]:
    """Returns the closed forms and the networks that are tried.

    Args:
      second_half: "momenta" or "velocities".
      observed: Whether the second half was observed.
      forces: Whether accelerations and one input for each position were measured.
      dof: The number of positions.
      budget: One of `BUDGETS`.
    """

    def fits(candidate: Candidate) -> bool:
        needs = candidate.second_half
        if candidate.of_forces != forces and (candidate.of_forces or needs == "observed"):
            return False  # measured forces say which models are right
        right = needs == "any" or needs == second_half or (needs == "observed" and observed)
        return right and dof >= candidate.least_dof and BUDGETS.index(candidate.budget) <= BUDGETS.index(budget)

    return [each for each in _CLOSED_FORMS if fits(each)], [each for each in _NETWORKS if fits(each)]


def conservative(candidate: Candidate) -> Candidate:
    """Returns the twin of a candidate without friction."""
    twin = candidate.conservative_twin or ""
    return dataclasses.replace(candidate, model=twin, words=CONSERVATIVE[twin], conservative_twin=None)


def candidate_of(model: str) -> Candidate:
    """Returns the candidate for the name of a model, which need not be in the tables above."""
    twins = [conservative(each) for each in _CLOSED_FORMS if each.conservative_twin]
    every = [*_CLOSED_FORMS, *twins, *_NETWORKS, BASELINE_OF_VELOCITIES, BASELINE_OF_MOMENTA]
    known = {each.model: each for each in every}
    return known.get(model, Candidate(model, f"the structure of {model}"))
