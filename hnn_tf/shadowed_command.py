"""Says when `python -m export` or `python -m trainers.…` runs a file of the working directory in place of ours."""

import pathlib
import sys

_COMMANDS = ("export", "trainers")
_INSTALLED = pathlib.Path(__file__).resolve().parents[1]


def tell() -> None:
    """Writes one line on stderr if this process is such a command, and the file isn't that which belongs to hnn_tf.

    Python looks into the working directory first. What it finds there may be meant, so that it is no error.
    """
    spec = getattr(sys.modules.get("__main__"), "__spec__", None)
    if spec is None or not spec.origin:
        return
    name = spec.name.removesuffix(".__main__")
    package = name.split(".")[0]
    if package in _COMMANDS and not pathlib.Path(spec.origin).resolve().is_relative_to(_INSTALLED / package):
        sys.stderr.write(
            f"note: python -m {name} runs {spec.origin}, not hnn_tf's; rename it for hnn_tf's, or take "
            f"python -P -m {name}\n"
        )
