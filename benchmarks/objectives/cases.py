"""The trainings in the comparison of objectives."""

from typing import Any

from benchmarks.objectives.methods import METHODS

TASKS = ("mass_spring", "pendulum")
NOISES = (0.0, 0.01, 0.05, 0.1, 0.2)
COUNTS = (3, 6, 12, 25)
SWEPT = (
    "derivative",
    "derivative, estimated",
    "one_step",
    "closed form: derivative",
    "closed form: weak",
    "closed form: trajectory",
    "closed form: combined",
    "closed form: combined, reversible",
)
"""The methods of the sweeps: every objective, in closed form if there is one."""

SWEEP_SEEDS = 3
HELD_OUT_SEED = 10
"""The first of the seeds that choose the settings; the seeds of the comparison are smaller."""

REAL = (
    ("baseline", "one_step", 2000),
    ("hnn", "one_step", 2000),
    ("hnn_friction", "one_step", 2000),
    ("hnn_friction", "trajectory", 0),
    ("random_features_friction", "trajectory", 0),
)
"""The models, objectives and steps for the real pendulum."""

PROBLEMS = ("pendulum", "henon_heiles", "two_body")


def cases(seeds: int) -> list[tuple[str, str, dict[str, Any]]]:
    """Returns all runs, each with the name of its file, its function in `objectives.runs`, and the arguments.

    The timed runs are first, and each of them runs alone.
    """
    found: list[tuple[str, str, dict[str, Any]]] = [
        (f"torch-{task}-{seed}", "torch_seconds", {"task": task, "seed": seed})
        for task in TASKS
        for seed in range(seeds)
    ]
    for seed in range(seeds):
        for task in TASKS:
            for method in METHODS:
                found.append((f"{task}-{method}-{seed}", "planar", {"task": task, "method": method, "seed": seed}))
        for model, objective, steps in REAL:
            arguments = {"model": model, "objective": objective, "seed": seed, "steps": steps}
            found.append((f"real-{model}-{objective}-{seed}", "real_pendulum", arguments))
    interval = {"model": "hnn_friction", "objective": "one_step", "seed": 0, "interval": True}
    found.append(("friction", "real_pendulum", interval))
    found += [(f"noise_free-{problem}", "noise_free", {"problem": problem}) for problem in PROBLEMS]
    for seed in range(min(seeds, SWEEP_SEEDS)):
        for method in SWEPT:
            sweep = {"task": "pendulum", "method": method, "seed": seed}
            found += [(f"noise-{noise}-{method}-{seed}", "planar", sweep | {"noise_std": noise}) for noise in NOISES]
            found += [
                (f"count-{count}-{method}-{seed}", "planar", sweep | {"num_trajectories": count}) for count in COUNTS
            ]
    return found
