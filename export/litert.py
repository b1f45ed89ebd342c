"""Converts a signature of an exported SavedModel to LiteRT (.tflite), with builtin ops only.

pip install 'hnn_tf[litert]'
python -m export.litert served/pendulum pendulum.tflite --signature=energy
"""

from absl import flags

from hnn_tf.commands import conversion_command
from hnn_tf.commands.moved import attribute_of

__getattr__ = attribute_of("hnn_tf.export.litert")

if __name__ == "__main__":
    flags.DEFINE_integer(
        "batch_size",
        None,
        "The batch size of every request, which a rollout needs. By default, any batch size is allowed.",
        lower_bound=1,
        upper_bound=100_000,
    )
    conversion_command.run("hnn_tf.export.litert:convert", usage=__doc__, options=["batch_size"])
