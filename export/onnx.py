"""Converts a signature of an exported SavedModel to ONNX, with standard operators only.

pip install 'hnn_tf[onnx]'
python -m export.onnx served/pendulum pendulum.onnx --signature=rollout
"""

from hnn_tf.commands import conversion_command
from hnn_tf.commands.moved import attribute_of

__getattr__ = attribute_of("hnn_tf.export.onnx")

if __name__ == "__main__":
    conversion_command.run("hnn_tf.export.onnx:convert", usage=__doc__)
