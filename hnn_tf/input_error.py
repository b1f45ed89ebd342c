"""The error for input from outside (files, flags, arrays) that can't be used."""


class InputError(ValueError):
    """Input that can't be used; its message is one line: what, where, what was expected, the mend.

    Commands print the message alone, without a traceback, and exit with code 2.
    """


def one_line(message: object) -> str:
    """What another library says, without line ends, its first 200 characters: a part of an `InputError`'s message."""
    line = " ".join(str(message).split())
    return line if len(line) <= 200 else f"{line[:200]} ..."
