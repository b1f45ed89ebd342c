"""Compares fits to noisy trajectories, and writes docs/results/objectives.json, figures and tables.

python -m benchmarks.objectives --data_path=invar_datasets.zip   (needs PyTorch: pip install torch)
"""

from absl import flags

from benchmarks.objectives import comparison
from hnn_tf.commands import command_line

if __name__ == "__main__":
    flags.DEFINE_integer("seeds", 5, "The number of seeds 0, 1, ... of each method.", lower_bound=1)
    flags.DEFINE_integer(
        "jobs", 2, "The number of runs at a time. A run whose time is measured runs alone.", lower_bound=1
    )
    flags.DEFINE_string(
        "data_path", None, "The path of the real pendulum's record. By default, the record is downloaded."
    )
    flags.DEFINE_string(
        "output_dir", "runs/objectives", "The folder of the runs. Finished runs of the same code are not repeated."
    )
    command_line.run(comparison.main, usage=__doc__)
