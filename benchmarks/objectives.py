"""Compares what can be fitted to noisy trajectories, and how: makes docs/results/objectives.json, figures and tables.

python -m benchmarks.objectives --data_path=invar_datasets.zip   (needs PyTorch: pip install torch)
"""

import concurrent.futures
import json
import multiprocessing
import pathlib
import sys
import time
from typing import Any

from absl import flags

from hnn_tf.commands import command_line

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
"""The methods of the sweeps: every objective, in closed form where there is one."""

SWEEP_SEEDS = 3
REAL = (
    ("baseline", "one_step", 2000),
    ("hnn", "one_step", 2000),
    ("hnn_friction", "one_step", 2000),
    ("hnn_friction", "trajectory", 0),
    ("random_features_friction", "trajectory", 0),
)
"""Model, objective and steps on the real pendulum."""

PROBLEMS = ("pendulum", "henon_heiles", "two_body")


def cases(seeds: int) -> list[tuple[str, str, dict[str, Any]]]:
    """All runs: name of its file, function of `objective_runs`, arguments; the timed ones are first and alone."""
    from benchmarks import objective_runs

    found: list[tuple[str, str, dict[str, Any]]] = [
        (f"torch-{task}-{seed}", "torch_seconds", {"task": task, "seed": seed})
        for task in TASKS
        for seed in range(seeds)
    ]
    for seed in range(seeds):
        for task in TASKS:
            for method in objective_runs.METHODS:
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


def _run(name: str, function: str, arguments: dict[str, Any], folder: str) -> dict[str, float]:
    from benchmarks import objective_runs, torch_layers

    path = pathlib.Path(folder) / f"{name.replace(' ', '_').replace(':', '')}.json"
    return torch_layers.kept(path, lambda: getattr(objective_runs, function)(**arguments))


def _main() -> None:
    settings = flags.FLAGS
    folder = pathlib.Path(settings.output_dir)
    from benchmarks import paper_table

    # Runs of other code are not taken for this one's.
    folder = paper_table.runs_folder(str(folder))
    todo = cases(settings.seeds)
    results: dict[str, dict[str, float]] = {}
    began = time.monotonic()
    # Fresh processes, because TensorFlow's threads don't survive a fork; one case at a time each.
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(settings.jobs, mp_context=context) as pool:
        timed = [case for case in todo if case[1] == "torch_seconds"]
        rest = [case for case in todo if case[1] != "torch_seconds"]
        for batch, workers in ((timed, 1), (rest, settings.jobs)):
            pending: dict[Any, str] = {}
            for name, function, arguments in batch:
                if function == "real_pendulum":
                    arguments = arguments | {"data_path": settings.data_path}
                pending[pool.submit(_run, name, function, arguments, str(folder))] = name
                if workers == 1:
                    concurrent.futures.wait(pending)  # nothing runs beside what is timed
            for future in concurrent.futures.as_completed(pending):
                results[pending[future]] = future.result()
                seconds = time.monotonic() - began
                sys.stderr.write(f"{len(results)}/{len(todo)}: {pending[future]}; {seconds:.0f} s\n")
    from benchmarks import doc_section, objective_figures, objective_tables

    document = objective_tables.document(results, settings.seeds)
    text = json.dumps(document, indent=1, allow_nan=False) + "\n"
    (paper_table.RESULTS / "objectives.json").write_text(text)
    for name, part in objective_tables.sections(json.loads(text)).items():
        doc_section.replace(doc_section.OBJECTIVES, name, part)
        sys.stdout.write(part + "\n")
    objective_figures.draw(json.loads(text), paper_table.ROOT / "docs" / "images")


if __name__ == "__main__":
    flags.DEFINE_integer("seeds", 5, "Seeds 0, 1, ... of each method.", lower_bound=1)
    flags.DEFINE_integer("jobs", 2, "Runs at a time; timed ones are alone.", lower_bound=1)
    flags.DEFINE_string("data_path", None, "The real pendulum's record; downloaded when not given.")
    flags.DEFINE_string("output_dir", "runs/objectives", "Where the runs go; those of the same code are not repeated.")
    command_line.run(_main, usage=__doc__)
