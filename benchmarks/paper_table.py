"""Trains every task over several seeds, as a user would, and writes docs/results/paper_table.json and .md.

python -m benchmarks.paper_table --tasks=all --seeds=5 --protocols=paper,clean --data_path=invar_datasets.zip

A finished run is not repeated. After an interruption, the same command continues where it stopped.
"""

from typing import Any

from absl import flags

from benchmarks.paper import table
from hnn_tf.commands import command_line
from trainers.run_options import PROTOCOLS


def _are_known(known: tuple[str, ...]) -> Any:
    return lambda names: bool(names) and all(name in known for name in names)


if __name__ == "__main__":
    flags.DEFINE_list("tasks", ["all"], f"The tasks, separated by commas, or all: {', '.join(table.TASKS)}.")
    flags.DEFINE_integer("seeds", 5, "The number of seeds 0, 1, ... of each task and protocol.", lower_bound=1)
    flags.DEFINE_integer("jobs", 2, "The number of runs at a time, each in its own process.", lower_bound=1)
    flags.DEFINE_list("protocols", ["paper", "clean"], "The protocols, separated by commas.")
    flags.DEFINE_string(
        "data_path", None, "The path of the real pendulum's record. By default, the record is downloaded."
    )
    flags.DEFINE_string(
        "output_dir", "runs/paper_table", "The folder of the runs. Finished runs of the same code are not repeated."
    )
    flags.DEFINE_bool(
        "update_docs", True, "Write paper_table.json and paper_table.md in docs/results, docs/results.md and README.md."
    )
    flags.register_validator(
        "tasks", _are_known((*table.TASKS, "all")), message=f"expected all, or some of {', '.join(table.TASKS)}"
    )
    flags.register_validator("protocols", _are_known(PROTOCOLS), message=f"expected some of {', '.join(PROTOCOLS)}")
    command_line.run(table.main, usage=__doc__)
