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
    flags.DEFINE_list("tasks", ["all"], f"Tasks, or all: {', '.join(table.TASKS)}.")
    flags.DEFINE_integer("seeds", 5, "Seeds 0, 1, ... of each task and protocol.", lower_bound=1)
    flags.DEFINE_integer("jobs", 2, "Runs at a time, each in a process of its own.", lower_bound=1)
    flags.DEFINE_list("protocols", ["paper", "clean"], "Protocols.")
    flags.DEFINE_string("data_path", None, "The real pendulum's record; downloaded when not given.")
    flags.DEFINE_string("output_dir", "runs/paper_table", "Where the runs go; those of the same code are not repeated.")
    flags.DEFINE_bool("update_docs", True, "Write docs/results/paper_table.json, .md, docs/results.md and README.")
    flags.register_validator("tasks", _are_known((*table.TASKS, "all")), message=f"expected all, or of {table.TASKS}")
    flags.register_validator("protocols", _are_known(PROTOCOLS), message=f"expected some of {PROTOCOLS}")
    command_line.run(table.main, usage=__doc__)
