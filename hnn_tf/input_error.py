"""The error for input from outside (files, flags, arrays) that can't be used, and the warning for doubtful input."""


class InputError(ValueError):
    """Input that can't be used; its message is one line: what, where, what was expected, the mend.

    Commands print the message alone, without a traceback, and exit with code 2.
    """


class InputWarning(UserWarning):
    """Input that is used, but may not be what was meant; its message is one line: what, where, what to check.

    Commands print the message alone, without a place in the code.
    """


def one_line(message: object) -> str:
    """What another library says, without line ends, its first 200 characters: a part of an `InputError`'s message."""
    line = " ".join(str(message).split())
    return line if len(line) <= 200 else f"{line[:200]} ..."
