"""Measures models with constraints, and writes docs/results/constraints.json and the table in docs/constraints.md.

python -m benchmarks.constraints
python -m benchmarks.constraints --parts=systems --seeds=1

A finished measurement is not repeated. After an interruption, the same command continues where it stopped.
"""

from absl import flags

from hnn_tf.commands import command_line

if __name__ == "__main__":
    flags.DEFINE_list("parts", ["all"], "systems, data, noise, or all. The tables keep the other parts' numbers.")
    flags.DEFINE_integer("seeds", 5, "The number of seeds 0, 1, ... of each measurement.", lower_bound=1)
    flags.DEFINE_string(
        "output_dir",
        "runs/constraints_table",
        "The folder of the measurements. Finished measurements of the same code are not repeated.",
    )
    flags.DEFINE_bool("update_docs", True, "Write docs/results/constraints.json and docs/constraints.md.")
    command_line.run("benchmarks.constrained.constraints_table:main", usage=__doc__)
