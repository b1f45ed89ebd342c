"""Two and three bodies that attract each other, with and without the knowledge that they act in pairs."""

from typing import Any

import keras
import numpy as np

from benchmarks.structures.measurement import Line, Measurement
from benchmarks.trainings.task_training import TaskTraining
from hnn_tf import HamiltonianNetwork, evaluation, systems

PLAIN, PAIRWISE = "hnn", "pairwise"
HIDDEN_UNITS = {PLAIN: ["200", "200"], PAIRWISE: ["64", "64"]}
"""The widths of the hidden layers. V is a function of one number, so that a smaller network suffices."""

LONG_HORIZON = 12.0
"""The span of the rollouts that measure the valid prediction time of three bodies. The task's own span is too short."""

NUM_LONG = 50
NUM_FIVE_BODIES = 20
FIVE_BODIES_RADIUS = (1.4, 1.9)


def _two_body(seed: int) -> dict[str, float]:
    found: dict[str, float] = {}
    for model in HIDDEN_UNITS:
        _, scores = _trained("two_body", model, seed)
        names = ("energy_mse", "coordinate_mse", "momentum_mse")
        found |= {f"{model}_{name}": scores[name] for name in names}
    return found


def _three_body(seed: int) -> dict[str, float]:
    found: dict[str, float] = {}
    system = systems.NBody((1.0,) * 3)
    times = np.linspace(0.0, LONG_HORIZON, 601)
    starts: Any = None
    for model in HIDDEN_UNITS:
        training, scores = _trained("three_body", model, seed)
        if starts is None:
            starts = training.data.test.stacked("true_states")[:NUM_LONG, 0]
            true = evaluation.evaluation_rollout(system, starts, times)
        predicted = evaluation.evaluation_rollout(training.model, starts, times)
        long = evaluation.evaluate_rollouts(system, times, true, predicted)
        names = ("energy_mse", "energy_mse_median", "coordinate_mse")
        found |= {f"{model}_{name}": scores[name] for name in names}
        found[f"{model}_valid_time"] = long["valid_prediction_time"]
    return found | _five_bodies(training.model, seed)


def _five_bodies(trained: keras.Model, seed: int) -> dict[str, float]:
    """Returns the errors of five bodies whose model was trained on three, over the same span of 3."""
    system = systems.NBody((1.0,) * 5)
    model = HamiltonianNetwork(trained.hamiltonian)
    model.build([None, 2 * system.dof])
    times = np.linspace(0.0, 3.0, 151)
    starts = sample_ring(np.random.default_rng([seed, 5]), NUM_FIVE_BODIES, 5, radius=FIVE_BODIES_RADIUS)
    true, predicted = (evaluation.evaluation_rollout(each, starts, times) for each in (system, model))
    errors = evaluation.evaluate_rollouts(system, times, true, predicted)
    return {f"five_bodies_{name}": errors[name] for name in ("energy_mse", "coordinate_mse")}


def sample_ring(rng: np.random.Generator, count: int, bodies: int, *, radius: tuple[float, float]) -> np.ndarray:
    """Returns states `[count, 4 N]` of N equal bodies near a turning regular polygon.

    The speed of the circular motion is v^2 = sum_k 1 / (4 r sin(pi k / N)). Each component of each velocity is
    multiplied by 1 + 0.2 U[-1, 1], as `data.sample_three_body` does for three bodies.
    """
    angle = rng.uniform(0, 2 * np.pi, [count, 1]) + 2 * np.pi * np.arange(bodies) / bodies
    length = rng.uniform(*radius, [count, 1])
    speed = np.sqrt(np.sum(0.25 / np.sin(np.pi * np.arange(1, bodies) / bodies)) / length)
    position = length * np.stack([np.cos(angle), np.sin(angle)])
    momentum = speed * np.stack([-np.sin(angle), np.cos(angle)])
    momentum *= 1.0 + 0.2 * rng.uniform(-1.0, 1.0, momentum.shape)
    return np.concatenate([*position, *momentum], 1)


class _Trained:
    """A model that was trained on a task, and the task's data."""

    def __init__(self, task: str, model: str, seed: int) -> None:
        training = TaskTraining(task, model=model, seed=seed, hidden_units=HIDDEN_UNITS[model])
        self.data, self.fitted = training.data, training.fit(training.new_model())
        self.model = self.fitted.model


def _trained(task: str, model: str, seed: int) -> tuple[_Trained, dict[str, float]]:
    trained = _Trained(task, model, seed)
    return trained, trained.data.evaluate(trained.fitted, protocol="clean")


def _line(title: str, name: str) -> Line:
    return Line(title, f"{PAIRWISE}_{name}", f"{PLAIN}_{name}")


TWO_BODY = Measurement(
    "two bodies, `pairwise`",
    _two_body,
    (
        _line("`energy_mse`", "energy_mse"),
        _line("`coordinate_mse`", "coordinate_mse"),
        _line("`momentum_mse`", "momentum_mse"),
    ),
)
THREE_BODY = Measurement(
    "three bodies, `pairwise`",
    _three_body,
    (
        _line("`energy_mse`", "energy_mse"),
        _line("`energy_mse`, median of the motions", "energy_mse_median"),
        _line("`coordinate_mse`", "coordinate_mse"),
        _line(f"`valid_prediction_time`, of at most {LONG_HORIZON:g}", "valid_time"),
        Line("the same model with five bodies: `energy_mse`", "five_bodies_energy_mse"),
        Line("the same model with five bodies: `coordinate_mse`", "five_bodies_coordinate_mse"),
    ),
)
