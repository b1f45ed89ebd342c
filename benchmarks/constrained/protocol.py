"""The published comparison of pendulums in Cartesian coordinates: systems, data and error."""

import dataclasses
from collections.abc import Callable

import numpy as np

from hnn_tf.data.constrained_states import sample_chain_states, sample_coupled_states
from hnn_tf.data.reference_solution import reference_solution
from hnn_tf.systems import CartesianChainPendulum, CoupledPendulums
from hnn_tf.systems.constrained_system import ConstrainedSystem

STEP = 0.03
READINGS = 100
CHUNK = 5
TESTS = 100
_FIRST_SEED_OF_TESTS = 1000


@dataclasses.dataclass(frozen=True)
class PublishedSystem:
    """A system of the comparison.

    Attributes:
      title: Its name in the table.
      system: The system.
      sample: The function (rng, count, system) that draws initial states (q, v).
      published: The published errors by the name of the method: "CHNN" in Cartesian coordinates, and "HNN" in angles
        with a learned mass matrix.
    """

    title: str
    system: ConstrainedSystem
    sample: Callable[..., np.ndarray]
    published: dict[str, float]


def _chain(title: str, masses: tuple[float, ...], lengths: tuple[float, ...], **published: float) -> PublishedSystem:
    return PublishedSystem(title, CartesianChainPendulum(masses, lengths), sample_chain_states, published)


SYSTEMS: dict[str, PublishedSystem] = {
    "chain_2": _chain("2 pendulums", (1.1722, 1.0391), (1.0359, 1.0822), CHNN=1.17e-4, HNN=1.91e-3),
    "chain_3": _chain("3 pendulums", (1.0822, 1.1722, 1.0391), (1.1167, 0.9389, 1.0359), CHNN=3.43e-4, HNN=4.7e-2),
    "chain_5": _chain(
        "5 pendulums",
        (0.9389, 1.0359, 1.0822, 1.1722, 1.0391),
        (0.9068, 1.3709, 1.3134, 0.9501, 1.1167),
        CHNN=1.07e-3,
        HNN=0.340,
    ),
    "coupled": PublishedSystem(
        "3 coupled pendulums", CoupledPendulums(), sample_coupled_states, {"CHNN": 7.65e-3, "HNN": 6.5e-2}
    ),
}
"""The systems by name. Finzi, Wang, Wilson. arXiv:2010.13581."""


def trajectories(case: PublishedSystem, count: int, seed: int) -> np.ndarray:
    """Returns exact trajectories (q, v) `[count, 100, 2n]` over 3 s."""
    system, rng = case.system, np.random.default_rng(seed)
    starts = system.momenta(case.sample(rng, count, system))
    return system.velocities(reference_solution(system, starts, STEP * np.arange(READINGS)))


def chunks(case: PublishedSystem, count: int, seed: int, *, noise_std: float = 0.0) -> dict[str, np.ndarray]:
    """Returns `times` and `states` of training chunks of five readings, each from a trajectory of its own."""
    whole, rng = trajectories(case, count, seed), np.random.default_rng([seed, 1])
    first = rng.integers(0, READINGS - CHUNK + 1, count)
    states = whole[np.arange(count)[:, np.newaxis], first[:, np.newaxis] + np.arange(CHUNK)]
    times = np.tile(STEP * np.arange(CHUNK), [count, 1])
    return {"times": times, "states": states + noise_std * rng.normal(size=states.shape)}


def test_trajectories(case: PublishedSystem, seed: int) -> np.ndarray:
    """Returns the 100 trajectories (q, v) with which a model of the given seed is measured."""
    return trajectories(case, TESTS, _FIRST_SEED_OF_TESTS + seed)


def error(predicted: np.ndarray, true: np.ndarray) -> float:
    """Returns the error of trajectories (q, v) `[N, T, 2n]`, which begin at the same states.

    It is the geometric mean over trajectories and times after the first of sqrt(|x - y|^2 / |x + y|^2). A trajectory
    that diverges has the error 1.
    """
    differences = np.sum((predicted - true) ** 2, -1) / np.sum((predicted + true) ** 2, -1)
    relative = np.sqrt(np.where(np.isfinite(differences), np.minimum(differences, 1.0), 1.0))[:, 1:]
    return float(np.exp(np.mean(np.log(np.maximum(relative, np.finfo(np.float64).eps)))))
