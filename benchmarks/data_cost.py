"""Measures the time and accuracy of simulating the data of three bodies: 5000 trajectories of 20 points.

python -m benchmarks.data_cost --update_docs
"""

from absl import flags

from hnn_tf.commands import command_line

if __name__ == "__main__":
    flags.DEFINE_integer("repeats", 5, "The number of times that the data are simulated.", lower_bound=1)
    flags.DEFINE_integer(
        "compared", 100, "The number of trajectories that are compared with SciPy's solver.", lower_bound=2
    )
    flags.DEFINE_bool("update_docs", False, "Write docs/results/data_cost.json and the sentences of docs/results.md.")
    command_line.run("benchmarks.cost.data:main", usage=__doc__)
