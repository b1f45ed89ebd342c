"""Describes an exported model, and checks that it can be served and answers as at the time of the export.

python -m export.inspect served/pendulum       (the latest version)
python -m export.inspect served/pendulum/1
"""

from absl import flags

from hnn_tf.commands import command_line

if __name__ == "__main__":
    flags.DEFINE_string(
        "saved_model", None, "The folder of a version, or the served folder, whose latest version is taken."
    )
    command_line.run("hnn_tf.export.inspect:main", usage=__doc__, positional=["saved_model"])
