"""Errors for invalid input from outside (files, options, arrays), and a warning for doubtful input."""

from typing import Any


class InputError(ValueError):
    """An error for invalid input.

    The message is one line. It says what is wrong, where, what was expected, and how to repair the input.

    Commands print only the message, without a traceback, and exit with code 2.
    """


class InputWarning(UserWarning):
    """A warning about input that is used but may not be intended.

    The message is one line. It says what is doubtful, where, and what to check.

    Commands print only the message, without a place in the code.
    """


class OptionError(InputError):
    """An error for an option whose value is not valid, alone or together with other options.

    The library names an option as in Python, `objective='one_step'`. A command names it as a flag,
    `--objective=one_step`.

    Args:
      template: The message. `{name}` stands for an option with its value, and `{name:only}` only for its name.
      **options: The values of the options that the message names.
    """

    def __init__(self, template: str, **options: Any) -> None:
        super().__init__(template.format(**{name: _Argument(name, value) for name, value in options.items()}))
        self.template, self.options = template, options

    def as_flags(self) -> str:
        """Returns the message, with options in the form of a command line."""
        return self.template.format(**{name: _Flag(name, value) for name, value in self.options.items()})


class _Argument:
    """An option in the form of Python."""

    def __init__(self, name: str, value: Any) -> None:
        self._name, self._value = name, value

    def __format__(self, how: str) -> str:
        return self._name if how == "only" else f"{self._name}={self._value!r}"


class _Flag(_Argument):
    """An option in the form of a command line."""

    def __format__(self, how: str) -> str:
        value = self._value
        text = ",".join(map(str, value)) if isinstance(value, tuple | list) else str(value)
        if how == "only" or isinstance(value, bool):
            return f"--{'no' if value is False and how != 'only' else ''}{self._name}"
        return f"--{self._name}={text}"


def one_line(message: object) -> str:
    """Returns the first 200 characters of another library's message in one line, for the message of an `InputError`."""
    line = " ".join(str(message).split())
    return line if len(line) <= 200 else f"{line[:200]} ..."
