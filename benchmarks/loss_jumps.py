"""Measures how far the loss of a single step jumps at the end of a training with Adam at a constant rate.

python -m benchmarks.loss_jumps --data_path=invar_datasets.zip  (two minutes per seed)

Adam at a constant rate never comes to rest. On another processor, rounding moves the steps at which the loss jumps, so
the last step may be in a jump there. `docs/results/loss_jumps.json` has, for each task, protocol and model, the largest
and the least loss of the last 500 steps of the paper's training over all seeds, divided by their median.
tests/trainers/test_slow.py allows for these jumps.
"""

from absl import flags

from hnn_tf.commands import command_line

if __name__ == "__main__":
    flags.DEFINE_integer("seeds", 2, "The number of seeds 0, 1, ...", lower_bound=1, upper_bound=1000)
    flags.DEFINE_string(
        "data_path", None, "The path of the real pendulum's record. By default, the record is downloaded."
    )
    command_line.run("benchmarks.paper.loss_jumps:main", usage=__doc__)
