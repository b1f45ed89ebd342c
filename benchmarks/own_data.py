"""Measures the fits of users' own tables, and writes docs/results/own_data.json and the table in docs/own_data.md.

python -m benchmarks.own_data --data_path=invar_datasets.zip --arm_path=characters.npz
python -m benchmarks.own_data --parts=swings

A finished measurement is not repeated. After an interruption, the same command continues where it stopped.
"""

from absl import flags

from hnn_tf.commands import command_line

if __name__ == "__main__":
    flags.DEFINE_list("parts", ["all"], "records, swings, units, arm, fast, large, or all.")
    flags.DEFINE_string("data_path", None, "The archive of the measured pendulum and of the measured spring.")
    flags.DEFINE_string("arm_path", None, "The file characters.npz of the robot arm.")
    flags.DEFINE_integer("draws", 20, "The number of simulated pendulums.", lower_bound=2)
    flags.DEFINE_string("output_dir", "runs/own_data_table", "The folder of the measurements.")
    flags.DEFINE_bool("update_docs", True, "Write docs/results/own_data.json and docs/own_data.md.")
    command_line.run("benchmarks.measured.own_data_table:main", usage=__doc__)
