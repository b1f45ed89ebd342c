"""Numbers as a reader of a report expects them: few digits, a real minus sign, and powers of ten."""

import math
from typing import Any

NONE = "–"
"""The text of a number that does not exist."""

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_NARROW_SPACE = "\u202f"


def number_text(value: Any, digits: int = 4, *, trim: bool = True) -> str:
    """Returns a number with `digits` significant digits, with or without zeros at the end; an integer has all digits.

    A value that is None or not a finite number is shown as a dash, and a text as itself.
    """
    if value is None:
        return NONE
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) or (hasattr(value, "dtype") and value.dtype.kind in "iu"):
        return _grouped(f"{int(value)}")
    value = float(value)
    if not math.isfinite(value):
        return NONE
    if value and not 1e-4 <= abs(value) < 1e6:
        mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
        mantissa = _trimmed(mantissa) if trim else mantissa
        power = power_of_ten(int(exponent))
        return power if mantissa == "1" else f"{_minus(mantissa)} × {power}"
    decimals = max(digits - 1 - (math.floor(math.log10(abs(value))) if value else 0), 0)
    text = f"{value:.{decimals}f}"
    return _grouped(_trimmed(text) if trim else text)


def interval_texts(value: float, low: float | None, high: float | None) -> tuple[str, str]:
    """Returns the value and its interval with the digits that the width of the interval supports."""
    known = low is not None and high is not None and math.isfinite(low) and math.isfinite(high) and high > low
    if not known or not math.isfinite(value):
        return number_text(value), NONE
    # Two significant digits of half the interval, like a measured value with its uncertainty.
    decimals = 1 - math.floor(math.log10((high - low) / 2))  # type: ignore[operator]
    largest = max(abs(value), abs(low), abs(high))  # type: ignore[arg-type]
    if not 0 <= decimals <= 6 or largest >= 1e6:
        exponent = math.floor(math.log10(largest))
        texts = [f"{_minus(f'{x / 10.0**exponent:.{max(decimals + exponent, 0)}f}')}" for x in (value, low, high)]  # type: ignore[operator]
        texts = [f"{text} × {power_of_ten(exponent)}" for text in texts]
    else:
        texts = [_grouped(f"{x:.{decimals}f}") for x in (value, low, high)]
    return texts[0], f"{texts[1]} to {texts[2]}"


def power_of_ten(exponent: int) -> str:
    """Returns 10 with the exponent as superscript."""
    return "10" + str(exponent).translate(_SUPERSCRIPTS)


def with_unit(text: str, unit: str) -> str:
    """Returns the text with its unit, if there is one."""
    return f"{text} {unit}" if unit and text != NONE else text


def count_text(count: int, singular: str, plural: str | None = None) -> str:
    """Returns a count with its noun, for example "1 reading" or "3 readings"."""
    return f"{number_text(count)} {singular if count == 1 else plural or singular + 's'}"


def _trimmed(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def _minus(text: str) -> str:
    return text.replace("-", "−")


def _grouped(text: str) -> str:
    """Returns the text with groups of three digits before the point, from five digits on."""
    whole, point, rest = text.partition(".")
    sign, digits = ("−", whole[1:]) if whole.startswith("-") else ("", whole)
    if len(digits) > 4:
        digits = f"{int(digits):,}".replace(",", _NARROW_SPACE)
    return sign + digits + point + rest
