"""Measures the method's known limits, from the table's runs and a few more, and writes docs/known_limits.md.

python -m benchmarks.known_limits
"""

from absl import flags

from hnn_tf.commands import command_line

if __name__ == "__main__":
    flags.DEFINE_string(
        "runs",
        None,
        "The folder of the table's runs. By default, the folder of the present code in runs/paper_table is taken.",
    )
    flags.DEFINE_integer("seeds", 3, "The number of training seeds 0, 1, ... of each variant.", lower_bound=1)
    command_line.run("benchmarks.paper.limits:main", usage=__doc__)
