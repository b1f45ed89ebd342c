"""Trains the pixel pendulum's HNN in PyTorch, by the paper's recipe on our frames, for comparison with the table.

python -m benchmarks.torch_pixel_pendulum  (also needs PyTorch: pip install torch)
"""

from absl import flags

from hnn_tf.commands import command_line

if __name__ == "__main__":
    flags.DEFINE_integer("seeds", 5, "The number of seeds 0, 1, ...", lower_bound=1)
    flags.DEFINE_string(
        "output_dir", "runs/torch_pixel_pendulum", "The folder that keeps finished trainings, which are not repeated."
    )
    command_line.run("benchmarks.pytorch.pixel_pendulum:main", usage=__doc__)
