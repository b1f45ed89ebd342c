"""Writes a signature of an exported SavedModel as a TensorFlow.js graph model, for browsers and Node.

python -m export.tensorflowjs served/pendulum web/rollout --signature=rollout
"""

from absl import flags

from trainers import command_line
from trainers.printable_text import write_lines


def _main() -> None:
    settings = flags.FLAGS
    with command_line.quiet_start():
        import tensorflow as tf

        tf.config.list_logical_devices()  # finds the devices now, while their messages are held back
        from export.graph_model import write_graph_model

    folder = write_graph_model(settings.saved_model, settings.output_dir, signature=settings.signature)
    write_lines(f"{path}  {path.stat().st_size} bytes" for path in sorted(folder.iterdir()))


if __name__ == "__main__":
    flags.DEFINE_string("saved_model", None, "The folder of a version, or the served folder: its latest version.")
    flags.DEFINE_string("output_dir", None, "The folder to write; never an existing one.")
    flags.DEFINE_string("signature", "serving_default", "The signature to convert; a folder holds one.")
    command_line.run(_main, usage=__doc__, positional=["saved_model", "output_dir"])
