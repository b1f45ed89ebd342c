"""Text for a terminal: characters that it would obey, or that nobody sees, are written as escapes."""

import sys
from collections.abc import Iterable


def printable(text: str) -> str:
    r"""The text with everything but visible characters and spaces as Python escapes it: a line end is `\n`.

    Escaped are control characters (so that no name moves the cursor or looks like another line), signs that turn the
    direction of writing or have no width, and bytes of a path that are no text. Letters of all languages stay.
    """
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def write_lines(lines: Iterable[str]) -> None:
    """Writes lines to standard output, each of them `printable`, because names in them may come from files."""
    sys.stdout.write("".join(f"{printable(line)}\n" for line in lines))
