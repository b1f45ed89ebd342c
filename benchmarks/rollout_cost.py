"""Measures the time of rollouts, of their arithmetic and of SciPy's solver, and the memory of their gradients.

python -m benchmarks.rollout_cost --repeats=7 --update_docs
"""

from absl import flags

from benchmarks.cost import rollout
from hnn_tf.commands import command_line

if __name__ == "__main__":
    flags.DEFINE_integer("repeats", 7, "The number of runs of each measurement, which alternate.", lower_bound=1)
    flags.DEFINE_bool("update_docs", False, "Write docs/results/rollout_cost.json and docs/integrators.md.")
    command_line.run(rollout.main, usage=__doc__)
