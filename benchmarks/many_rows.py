"""Measures memory and time of evaluations of millions of samples, by a Hamiltonian network of 2-200-200 in float32.

python -m benchmarks.many_rows --rows=10000000

The command needs Linux, because it reads the memory from /proc. In the results, "the data" are two float32 columns and
their copy as tensors.
"""

from absl import flags

from benchmarks.cost import rows
from hnn_tf.commands import command_line

if __name__ == "__main__":
    flags.DEFINE_integer("rows", 10_000_000, "The number of samples.", lower_bound=1000)
    flags.DEFINE_bool("json", False, "Print JSON instead of a table.")
    command_line.run(rows.main, usage=__doc__)
