"""Measures the time that L-BFGS needs for the loss of Adam after 2000 steps, on full batches.

python -m benchmarks.optimizer_cost

The command writes docs/results/optimizer_cost.json and its table.
"""

from absl import flags

from hnn_tf.commands import command_line

if __name__ == "__main__":
    flags.DEFINE_integer("seeds", 5, "The number of seeds 0, 1, ... of data and weights.", lower_bound=1)
    command_line.run("benchmarks.objectives.optimizer_cost:main", usage=__doc__)
