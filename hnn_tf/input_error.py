"""The errors for input from outside (files, options, arrays) that can't be used, and the warning for doubtful input."""

from typing import Any


class InputError(ValueError):
    """Input that can't be used; its message is one line: what, where, what was expected, the mend.

    Commands print the message alone, without a traceback, and exit with code 2.
    """


class InputWarning(UserWarning):
    """Input that is used, but may not be what was meant; its message is one line: what, where, what to check.

    Commands print the message alone, without a place in the code.
    """


class OptionError(InputError):
    """An option whose value can't be used, or not together with others.

    The library names an option as Python does, `objective='one_step'`; a command as a flag, `--objective=one_step`.

    Args:
      template: The message. `{name}` stands for an option with its value, `{name:only}` for its name alone.
      **options: The values of the options that the message names.
    """

    def __init__(self, template: str, **options: Any) -> None:
        super().__init__(template.format(**{name: _Argument(name, value) for name, value in options.items()}))
        self.template, self.options = template, options

    def as_flags(self) -> str:
        """The message, with options as a command line has them."""
        return self.template.format(**{name: _Flag(name, value) for name, value in self.options.items()})


class _Argument:
    """An option as Python has it."""

    def __init__(self, name: str, value: Any) -> None:
        self._name, self._value = name, value

    def __format__(self, how: str) -> str:
        return self._name if how == "only" else f"{self._name}={self._value!r}"


class _Flag(_Argument):
    """An option as a command line has it."""

    def __format__(self, how: str) -> str:
        value = self._value
        text = ",".join(map(str, value)) if isinstance(value, tuple | list) else str(value)
        if how == "only" or isinstance(value, bool):
            return f"--{'no' if value is False and how != 'only' else ''}{self._name}"
        return f"--{self._name}={text}"


def one_line(message: object) -> str:
    """What another library says, without line ends, its first 200 characters: a part of an `InputError`'s message."""
    line = " ".join(str(message).split())
    return line if len(line) <= 200 else f"{line[:200]} ..."
