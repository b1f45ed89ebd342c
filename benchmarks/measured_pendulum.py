"""Runs trainers.own_data on the measured pendulum, as a user would, and writes the numbers and pictures of its page.

python -m benchmarks.measured_pendulum --data_path=invar_datasets.zip

The command writes docs/results/measured_pendulum.json, a table in docs/own_data.md, and docs/images/own_data/.
"""

from absl import flags

from hnn_tf.commands import command_line

if __name__ == "__main__":
    flags.DEFINE_string("data_path", None, "The path of the record. By default, the record is downloaded.")
    flags.DEFINE_string(
        "output_dir",
        "runs/measured_pendulum",
        "The folder of the tables and of the runs. Finished runs of the same code are not repeated.",
    )
    flags.DEFINE_string(
        "browser", "chromium", "The program that draws the pictures: Chromium or Chrome. Empty for no pictures."
    )
    flags.DEFINE_bool("update_docs", True, "Write docs/results/measured_pendulum.json, docs/own_data.md and pictures.")
    command_line.run("benchmarks.measured.pendulum:main", usage=__doc__)
