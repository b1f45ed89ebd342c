"""Strict reading of JSON documents from outside."""

import json
import math
import os
from typing import Any

from hnn_tf.export import plain_file
from hnn_tf.input_error import InputError, one_line

MOST_BYTES = 16 * 2**20


def read(path: str | os.PathLike, what: str) -> Any:
    """Returns the JSON document in a plain file of at most 16 MiB, in UTF-8.

    Integers must have at most 64 bits, other numbers must be finite in double precision, and no object may have a name
    twice.

    Args:
      path: The path of the file.
      what: A description of the expected content, for the error message.

    Raises:
      FileNotFoundError: If there is no such file.
      InputError: If the file has other content, or cannot be read.
    """
    content = plain_file.read(path, MOST_BYTES)
    try:
        return json.loads(
            content.decode("utf-8"),
            parse_constant=_refuse,
            parse_int=_integer,
            parse_float=_finite,
            object_pairs_hook=_object,
        )
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"{path}: expected {what} in JSON; the file can't be read: {one_line(error)}; write the file again"
        ) from error


def fits(value: Any, layout: Any) -> bool:
    """Returns whether a document has at least the names of a layout, with the right types.

    A layout is given by types. A tuple lists alternatives, `[...]` is a list, and `{str: ...}` is an object with any
    names; both contain values of the type that follows. None stands for null.
    """
    if isinstance(layout, tuple):
        return any(fits(value, each) for each in layout)
    if isinstance(layout, list):
        return isinstance(value, list) and all(fits(each, layout[0]) for each in value)
    if isinstance(layout, dict):
        if not isinstance(value, dict):
            return False
        if str in layout:
            return all(fits(each, layout[str]) for each in value.values())
        return all(name in value and fits(value[name], part) for name, part in layout.items())
    return value is None if layout is None else isinstance(value, layout) and not isinstance(value, bool)


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")


def _integer(digits: str) -> int:
    # The length is checked first, because the time to convert digits grows with the square of their number.
    if len(digits) > 20 or not -(2**63) <= int(digits) < 2**63:
        raise ValueError(f"an integer has more than 64 bits: {digits}")
    return int(digits)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"a number is too large: {text}")
    return number


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("an object has a name twice")
    return found
