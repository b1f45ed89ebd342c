"""How far the loss of a single step jumps at the end of a training: Adam at a constant rate never comes to rest.

python -m benchmarks.loss_jumps --data_path=invar_datasets.zip  (two minutes a seed)

Another processor's rounding moves the steps at which the loss jumps, so the last step's loss may be in a jump there.
`docs/results/loss_jumps.json` has, for each task, protocol and model, the largest and the least loss of the last 500
steps of the paper's training, divided by their median, of all seeds. tests/trainers/test_slow.py allows for them.
"""

from absl import flags

from hnn_tf.commands import command_line

if __name__ == "__main__":
    flags.DEFINE_integer("seeds", 2, "Seeds 0, 1, ...", lower_bound=1, upper_bound=1000)
    flags.DEFINE_string("data_path", None, "The real pendulum's record; downloaded if not given.")
    command_line.run("benchmarks.paper.loss_jumps:main", usage=__doc__)
