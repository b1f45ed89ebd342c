"""The work of the command `python -m export.tensorflowjs`."""

from absl import flags

from hnn_tf.commands.printable_text import write_lines
from hnn_tf.export.graph_model import write_graph_model


def main() -> None:
    """Writes the graph model according to the flags, and lists its files."""
    settings = flags.FLAGS
    folder = write_graph_model(settings.saved_model, settings.output_dir, signature=settings.signature)
    write_lines(f"{path}  {path.stat().st_size} bytes" for path in sorted(folder.iterdir()))
