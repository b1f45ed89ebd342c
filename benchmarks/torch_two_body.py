"""Trains the two-body HNN here and in PyTorch, by the same recipe on the same data, and compares their last steps.

At a constant learning rate, the score of a single step is random. The scores at every 200th of the last 2000 steps, for
every seed, show whether a difference is due to the implementation or to chance.

python -m benchmarks.torch_two_body  (also needs PyTorch: pip install torch)
"""

from absl import flags

from hnn_tf.commands import command_line

if __name__ == "__main__":
    flags.DEFINE_integer("seeds", 10, "The number of seeds 0, 1, ...", lower_bound=1)
    flags.DEFINE_string(
        "output_dir", "runs/torch_two_body", "The folder that keeps finished trainings, which are not repeated."
    )
    command_line.run("benchmarks.pytorch.two_body:main", usage=__doc__)
