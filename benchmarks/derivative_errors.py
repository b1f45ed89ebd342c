"""Measures the errors of the derivative estimators on noisy trajectories of known systems.

python -m benchmarks.derivative_errors

The command writes docs/results/derivative_errors.json and its table.
"""

from absl import flags

from hnn_tf.commands import command_line

if __name__ == "__main__":
    flags.DEFINE_integer("seeds", 5, "The number of seeds 0, 1, ... of trajectories and noise.", lower_bound=1)
    command_line.run("benchmarks.objectives.derivative_errors:main", usage=__doc__)
