"""The delimiter, the decimal mark and the header of a text table, found in its first lines."""

import csv
import dataclasses
import re
from collections.abc import Sequence

from hnn_tf.input_error import InputError, one_line

DELIMITERS = {"\t": "a tab", ";": "a semicolon", "|": "a bar", ",": "a comma", " ": "spaces"}
"""The delimiters that are tried, in their order, by their names. A comma may also be a decimal mark."""

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?(nan|inf|infinity)", re.IGNORECASE)
_WITH_COMMA = re.compile(r"[+-]?\d*,\d+([eE][+-]?\d+)?|[+-]?\d+,")


@dataclasses.dataclass(frozen=True)
class TextFormat:
    """The format of a text table.

    Attributes:
      delimiter: The character between cells; a space stands for any spaces.
      decimal: The decimal mark, "." or ",".
      names: The names of the columns.
      header_line: The number of the line of the header, from 1.
    """

    delimiter: str
    decimal: str
    names: tuple[str, ...]
    header_line: int


def text_format(lines: Sequence[str], where: str) -> TextFormat:
    """Returns the format of a table, from its first lines.

    Lines that begin with "#" and empty lines may stand before the header.

    Raises:
      InputError: If there is no header, or no delimiter cuts the header and the rows into equal numbers of cells.
    """
    body = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    while body and body[0][1].lstrip().startswith("#"):
        body = body[1:]
    if not body:
        raise InputError(f"{where}: expected a header and rows; received an empty file; fetch the file again")
    header_line = body[0][0]
    rows = [line for _, line in body]
    if len(rows) < 2:
        raise InputError(f"{where}: expected a header and rows; received one line; give a table with rows")
    cuts = {delimiter: [cells(line, delimiter) for line in rows] for delimiter in DELIMITERS}
    fitting = [
        delimiter
        for delimiter, found in cuts.items()
        if len(found[0]) > 1 and sum(len(row) == len(found[0]) for row in found[1:]) > 0.5 * (len(found) - 1)
    ]
    if not fitting:
        raise InputError(
            f"{where}, line {header_line}: expected names of at least two columns, with as many cells in each row; "
            f"received {one_line(rows[0])!r} and {one_line(rows[1])!r}; separate the cells by a comma, a semicolon or a "
            "tab"
        )
    delimiter = fitting[0]
    names, values = cuts[delimiter][0], [cell for row in cuts[delimiter][1:] for cell in row]
    if all(is_number(name) for name in names):
        raise InputError(
            f"{where}, line {header_line}: expected a header with the names of the columns; received numbers; write the "
            "names into the first line"
        )
    comma = delimiter != "," and any(_WITH_COMMA.fullmatch(value) for value in values)
    return TextFormat(delimiter, "," if comma else ".", tuple(names), header_line)


def cells(line: str, delimiter: str) -> list[str]:
    """Returns the cells of a line, without spaces around them and without quotes."""
    if delimiter == " ":
        return line.split()
    return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter), [])]


def is_number(cell: str) -> bool:
    """Returns whether a cell is a number with a decimal point or a decimal comma."""
    return bool(_NUMBER.fullmatch(cell) or _WITH_COMMA.fullmatch(cell))
