"""The runs of every integrator that `benchmarks.integrators` reports."""

import dataclasses
import time
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from benchmarks.integrators import exact_solutions
from hnn_tf import rollout, systems
from hnn_tf.integrators import INTEGRATORS, Composition, DormandPrince, ImplicitRungeKutta, Integrator, Tao2

PENDULUM = systems.Pendulum()
SWINGS = np.array([[0.1, 0.0], [0.5, 0.0], [1.0, 0.0], [1.5, 0.0]])
"""The initial states of the pendulum in the table of the structure."""
SWING_NAMES = [f"{angle:g} rad" for angle in SWINGS[:, 0]]

SWING_STEP = 0.1
LONG_RUN_STEPS = 100_000


@dataclasses.dataclass(frozen=True)
class Problem:
    """A system, an initial state, and its exact state at the end.

    Attributes:
      name: The name in the figure.
      system: The true system.
      start: The initial state `[2n]`.
      end: The time at which errors are measured.
      exact: The exact state `[2n]` at the end.
      least_steps: The number of steps of the coarsest run.
      doublings: The number of runs, each with twice as many steps as the run before.
      long_step: The step size of the long run.
      omega: The strength of the binding in Tao's methods.
    """

    name: str
    system: systems.System
    start: np.ndarray
    end: float
    exact: np.ndarray
    least_steps: int
    doublings: int
    long_step: float
    omega: float = 5.0

    def methods(self) -> dict[str, Integrator]:
        """Returns all integrators of the package, by name."""
        return {
            name: dataclasses.replace(method, omega=self.omega) if isinstance(method, Tao2) else method
            for name, method in INTEGRATORS.items()
        }


_KEPLER = systems.Kepler()
_STAR = np.array([0.3, 0.1, 0.2, 0.3])
PROBLEMS = (
    Problem(
        "pendulum",
        PENDULUM,
        np.array([2.0, 0.0]),
        20.0,
        exact_solutions.pendulum(PENDULUM, [2.0, 0.0], 20.0)[0],
        128,
        8,
        0.05,
    ),
    Problem(
        "Kepler, e = 0.6",
        _KEPLER,
        _KEPLER.at_pericentre(0.6),
        20.0,
        exact_solutions.kepler(0.6, np.array([20.0]))[0],
        256,
        8,
        0.02,
        omega=20.0,
    ),
    Problem(
        "Hénon–Heiles",
        systems.HenonHeiles(),
        _STAR,
        50.0,
        exact_solutions.henon_heiles(_STAR, np.array([0.0, 50.0]))[-1],
        128,
        8,
        0.1,
    ),
)


class _Counter:
    """A vector field that counts its evaluations, for methods whose number of evaluations is not known beforehand."""

    def __init__(self, system: systems.System) -> None:
        self.system, self.separable, self.count = system, system.separable, tf.Variable(0, trainable=False)

    def __call__(self, state: tf.Tensor) -> tf.Tensor:
        self.count.assign_add(1)
        return self.system(state)


def work_precision(problem: Problem, repeats: int) -> dict[str, list[dict[str, float]]]:
    """Returns, for every integrator, the evaluations of the field, the seconds, and the error of the state at the end.

    A kick or a drift uses half of the field, and counts as half an evaluation.
    """
    runs: dict[str, list[dict[str, float]]] = {}
    for name, method in problem.methods().items():
        runs[name] = []
        for level in range(problem.doublings):
            steps = problem.least_steps * 2**level
            if isinstance(method, DormandPrince):
                tolerance = 10.0 ** -(4 + level)
                method, steps = DormandPrince(rtol=tolerance, atol=tolerance, max_steps=100_000), 1
            runs[name].append(_run(problem, method, steps, repeats))
    return runs


def _run(problem: Problem, method: Integrator, steps: int, repeats: int) -> dict[str, float]:
    step_size = problem.end / steps

    def end() -> np.ndarray:
        # Only the state at the end is needed, so no trajectory is kept. XLA compiles the rollout, because users
        # who need speed would also use XLA.
        path = rollout(
            problem.system,
            problem.start[np.newaxis],
            step_size=step_size,
            num_steps=steps,
            integrator=method,
            jit_compile=True,
        )
        return path[0, -1].numpy()

    try:
        error = float(np.abs(end() - problem.exact).max())
        seconds = min(_seconds(end) for _ in range(repeats))
        evaluations = _evaluations(problem, method, steps, step_size)
    except ArithmeticError:  # the integrator finds no solution at this step size
        return {"evaluations": float("nan"), "seconds": float("nan"), "error": float("nan")}
    return {"evaluations": evaluations, "seconds": seconds, "error": error}


def _evaluations(problem: Problem, method: Integrator, steps: int, step_size: float) -> float:
    if isinstance(method, ImplicitRungeKutta | DormandPrince):
        counter = _Counter(problem.system)
        rollout(
            counter,
            problem.start[np.newaxis],
            step_size=step_size,
            num_steps=steps,
            integrator=method,
            checkpointing=False,
        )
        return float(counter.count.numpy())
    half = isinstance(method, Composition) and method.requires_separable
    return steps * method.stages * (0.5 if half else 1.0)


def _seconds(run: Callable[[], np.ndarray]) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def long_runs(problem: Problem) -> dict[str, dict[str, float]]:
    """Returns the largest relative energy errors in the first and in the last tenth of 100 000 steps, by integrator."""
    errors = {}
    for name, method in problem.methods().items():
        path = rollout(
            problem.system,
            problem.start[np.newaxis],
            step_size=problem.long_step,
            num_steps=LONG_RUN_STEPS,
            integrator=method,
            jit_compile=True,
        )[0]
        energy = problem.system.hamiltonian(path).numpy()
        relative = np.abs(energy / energy[0] - 1)
        tenth = LONG_RUN_STEPS // 10
        errors[name] = {"first": float(relative[:tenth].max()), "last": float(relative[-tenth:].max())}
    return errors
