"""The error for input from outside (files, flags, arrays) that can't be used."""


class InputError(ValueError):
    """Input that can't be used; its message is one line: what, where, what was expected, the mend.

    Commands print the message alone, without a traceback, and exit with code 2.
    """
