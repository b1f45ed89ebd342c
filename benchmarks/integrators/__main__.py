"""Measures every integrator on true systems: error against evaluations and time, energy in long runs, structure.

python -m benchmarks.integrators --update_docs
python -m benchmarks.integrators --update_docs --only=structure
"""

from absl import flags

from hnn_tf.commands import command_line

if __name__ == "__main__":
    flags.DEFINE_enum("only", None, ["structure"], "The only part to measure. The other results are kept unchanged.")
    flags.DEFINE_integer("repeats", 3, "The number of timings of each run. The shortest time counts.", lower_bound=1)
    flags.DEFINE_bool("update_docs", False, "Write docs/results/integrators.json, the figure and docs/integrators.md.")
    command_line.run("benchmarks.integrators.comparison:main", usage=__doc__)
