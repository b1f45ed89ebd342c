"""Writes a signature of an exported SavedModel as a TensorFlow.js graph model, for browsers and Node.

python -m export.tensorflowjs served/pendulum web/rollout --signature=rollout
"""

from absl import flags

from hnn_tf.commands import command_line

if __name__ == "__main__":
    flags.DEFINE_string(
        "saved_model", None, "The folder of a version, or the served folder, whose latest version is taken."
    )
    flags.DEFINE_string("output_dir", None, "The folder to write, which must not exist yet.")
    flags.DEFINE_string("signature", "serving_default", "The signature to convert. A folder holds one signature.")
    command_line.run("hnn_tf.export.graph_model_command:main", usage=__doc__, positional=["saved_model", "output_dir"])
