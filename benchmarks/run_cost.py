"""Measures time and memory of the commands for which a user waits, as whole processes from import to files.

python -m benchmarks.run_cost --repeats=5 --update_docs
"""

from absl import flags

from benchmarks.cost import run
from hnn_tf.commands import command_line

if __name__ == "__main__":
    flags.DEFINE_integer("repeats", 5, "The number of runs of each command. The commands alternate.", lower_bound=1)
    flags.DEFINE_bool("update_docs", False, "Write docs/results/run_cost.json and the table of docs/results.md.")
    command_line.run(run.main, usage=__doc__)
