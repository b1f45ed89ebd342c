"""Chooses the training settings of objectives that begin at a closed form, by held-out trajectories.

python -m benchmarks.objective_settings

With seeds that no other table reports, 20 trajectories are for training, and the other 5 determine the validation loss.
Test data are not used. The command writes docs/results/objective_settings.json and its table.
"""

from absl import flags

from benchmarks.objectives.cases import HELD_OUT_SEED
from hnn_tf.commands import command_line

if __name__ == "__main__":
    flags.DEFINE_integer("seeds", 3, f"The number of seeds {HELD_OUT_SEED}, {HELD_OUT_SEED + 1}, ...", lower_bound=1)
    command_line.run("benchmarks.objectives.settings:main", usage=__doc__)
