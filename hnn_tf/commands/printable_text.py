"""Text for a terminal. Invisible characters, and characters that a terminal would obey, are written as escapes."""

import sys
from collections.abc import Iterable


def printable(text: str) -> str:
    r"""Returns the text with all but visible characters and spaces escaped as in Python: a line end becomes `\n`.

    Escapes replace control characters (so that no name moves the cursor or looks like another line), characters that
    change the direction of writing or have no width, and bytes of a path that are not text. Letters of all languages
    stay.
    """
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def write_lines(lines: Iterable[str]) -> None:
    """Writes lines to standard output. Each line is made `printable`, because names in it may come from files."""
    sys.stdout.write("".join(f"{printable(line)}\n" for line in lines))
