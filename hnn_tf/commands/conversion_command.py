"""Flags and reports of the commands that convert a SavedModel. This module imports nothing heavy."""

from collections.abc import Sequence

from absl import flags

from hnn_tf.commands import command_line
from hnn_tf.commands.printable_text import write_lines


def run(place: str, *, usage: str, options: Sequence[str] = ()) -> None:
    """Runs the `convert` at "module:function" with the flags of all conversions, and those named in `options`."""
    flags.DEFINE_string(
        "saved_model", None, "The folder of a version, or the served folder, whose latest version is taken."
    )
    flags.DEFINE_string("output", None, "The file to write, which must not exist yet.")
    flags.DEFINE_string("signature", "serving_default", "The signature to convert. A file holds one signature.")

    def main() -> None:
        settings = flags.FLAGS
        convert = command_line.found(place)
        refused: Exception | None = None
        # The converters print much, partly from C++, whether they succeed or not.
        with command_line.quiet_start():
            try:
                difference = convert(
                    settings.saved_model,
                    settings.output,
                    signature=settings.signature,
                    **{name: settings[name].value for name in options},
                )
            except (ValueError, OSError) as error:  # for bad input or a full disk, only one line is shown
                refused = error
        if refused:
            raise refused
        write_lines(
            [
                f"{settings.output}: the answers of {settings.signature} are within {difference:.1e} of the "
                "SavedModel's answers x, relative to max(1, |x|), at random inputs"
            ]
        )

    command_line.run(main, usage=usage, positional=["saved_model", "output"])
