"""JSON documents that come from outside, read strictly."""

import json
import math
import os
from typing import Any

from hnn_tf.export import plain_file
from hnn_tf.input_error import InputError, one_line

MOST_BYTES = 16 * 2**20


def read(path: str | os.PathLike, what: str) -> Any:
    """The JSON document in a plain file of at most 16 MiB, in UTF-8.

    Its integers have at most 64 bits, its other numbers are finite in double precision, and no object has a name twice.

    Args:
      path: Of the file.
      what: That it is expected to hold, for the error's line.

    Raises:
      FileNotFoundError: If there is no such file.
      InputError: If it holds anything else, or can't be read.
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
            f"{path}: expected {what} in JSON; it can't be read: {one_line(error)}; make it anew"
        ) from error


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")


def _integer(digits: str) -> int:
    # The length first: the time to convert digits grows with their square.
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
