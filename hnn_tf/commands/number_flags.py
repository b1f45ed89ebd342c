"""Flags with numbers, and the ranges in which the numbers make sense. This module imports nothing heavy."""

from collections.abc import Sequence

from absl import flags

MOST_STEPS = 1_000_000_000
"""The largest number of steps of a training.

Smaller numbers already take days, and the steps are counted in 32 bits.
"""

MOST_WEIGHT = 1e6
"""The largest weight of a term beside other terms of order 1.

In float32, rounding would remove these terms from the sum with a larger one.
"""

_MOST_LAYERS = 20
_WIDEST = 5000
# 80 MB in float32. Training keeps about five copies: gradients, and the optimizer's moments and averages.
_MOST_WEIGHTS = 20_000_000

WIDTHS = (
    f"from 1 to {_MOST_LAYERS} widths separated by commas, as 200,200, each from 1 to {_WIDEST}, with at most "
    f"{_MOST_WEIGHTS} weights between the layers"
)
"""A description of the widths of a network, in words."""


def define(name: str, default: float | None, meaning: str, *, least: float, most: float, or_zero: bool = False) -> None:
    """Defines a flag with a number from `least` to `most` or, with `or_zero`, 0. NaN is outside every range."""
    flags.DEFINE_float(name, default, meaning)
    flags.register_validator(
        name,
        lambda value: value is None or least <= value <= most or (or_zero and value == 0),
        message=f"expected {'0, or ' if or_zero else ''}a number from {least:g} to {most:g}",
    )


def define_widths(name: str, default: Sequence[str], meaning: str) -> None:
    """Defines a flag with a list of layers' widths, with no more weights than fit into memory."""
    flags.DEFINE_list(name, list(default), meaning)
    flags.register_validator(name, widths_fit, message=f"expected {WIDTHS}")


def define_numbers(name: str, default: Sequence[int], meaning: str, *, least: int, most: int) -> None:
    """Defines a flag with a list of integers from `least` to `most`, which may be empty."""
    flags.DEFINE_list(name, [str(number) for number in default], meaning)
    flags.register_validator(
        name,
        # The length is checked first, because Python refuses to read integers of thousands of digits.
        lambda numbers: all(
            each.strip().isdecimal() and len(each.strip()) <= len(str(most)) and least <= int(each) <= most
            for each in numbers
        ),
        message=f"expected integers from {least} to {most}, separated by commas",
    )


def define_floats(name: str, default: Sequence[float], meaning: str) -> None:
    """Defines a flag with a list of numbers."""
    flags.DEFINE_list(name, [f"{number:g}" for number in default], meaning)
    flags.register_validator(name, _are_numbers, message="expected numbers, separated by commas")


def _are_numbers(texts: Sequence[str]) -> bool:
    try:
        return all(float(text) == float(text) for text in texts)
    except ValueError:
        return False


def widths_fit(widths: Sequence[str]) -> bool:
    """Returns whether the widths, as the user wrote them, satisfy `WIDTHS`."""
    if not 0 < len(widths) <= _MOST_LAYERS:
        return False
    # The length is checked first, because Python refuses to read integers of thousands of digits.
    if not all(width.strip().isdecimal() and len(width.strip()) <= len(str(_WIDEST)) for width in widths):
        return False
    numbers = [int(width) for width in widths]
    weights = sum(before * after for before, after in zip(numbers[:-1], numbers[1:], strict=True))
    return 0 < min(numbers) and max(numbers) <= _WIDEST and weights <= _MOST_WEIGHTS
