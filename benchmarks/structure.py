"""Measures what each structure of H gives, over several seeds, and writes docs/results/structure.json and its table.

python -m benchmarks.structure
python -m benchmarks.structure --tasks=two_body,pendulum

A finished measurement is not repeated. After an interruption, the same command continues where it stopped.
"""

from absl import flags

from hnn_tf.commands import command_line

if __name__ == "__main__":
    flags.DEFINE_list("tasks", ["all"], "The tasks to measure, or all. The table keeps the other tasks' numbers.")
    flags.DEFINE_integer("seeds", 5, "The number of seeds 0, 1, ... of each task.", lower_bound=1)
    flags.DEFINE_string(
        "output_dir",
        "runs/structure_table",
        "The folder of the measurements. Finished measurements of the same code are not repeated.",
    )
    flags.DEFINE_bool("update_docs", True, "Write docs/results/structure.json and docs/structures.md.")
    command_line.run("benchmarks.structures.structure_table:main", usage=__doc__)
