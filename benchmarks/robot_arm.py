"""Trains the robot arm over several seeds, as a user would, and writes docs/results/robot_arm.json and its tables.

python -m benchmarks.robot_arm --data_path=characters.npz

A finished run is not repeated. After an interruption, the same command continues where it stopped.
"""

from absl import flags

from hnn_tf.commands import command_line

if __name__ == "__main__":
    flags.DEFINE_string(
        "data_path", None, "The path of characters.npz, which has the motions of the arm.", required=True
    )
    flags.DEFINE_integer("seeds", 5, "The number of seeds 0, 1, ... of each training.", lower_bound=1)
    flags.DEFINE_string(
        "output_dir", "runs/robot_arm_table", "The folder of the runs. Finished runs of the same code are not repeated."
    )
    flags.DEFINE_bool("update_docs", True, "Write docs/results/robot_arm.json and docs/structures.md.")
    command_line.run("benchmarks.structures.robot_arm:main", usage=__doc__)
