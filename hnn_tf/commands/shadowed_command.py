"""A note for `python -m export` or `python -m trainers.…` that runs a file of the working directory instead of ours."""

import sys

from hnn_tf.commands import this_command

_INSTALLED = ("export", "trainers")


def tell() -> None:
    """Writes one line on stderr if this process is such a command, and its file does not belong to hnn_tf.

    Python looks into the working directory first. Since the file there may be intended, this is not an error.
    """
    spec = this_command.spec()
    if spec and spec.name.split(".")[0] in _INSTALLED and not this_command.is_ours():
        name = spec.name.removesuffix(".__main__")
        sys.stderr.write(
            f"note: python -m {name} runs {spec.origin}, not the command of hnn_tf; for the command of hnn_tf, rename "
            f"the file, or take python -P -m {name}\n"
        )
