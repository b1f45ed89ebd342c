"""The delimiter, the decimal mark and the header of a text table, found in its first lines."""

import csv
import dataclasses
import re
from collections.abc import Sequence

from hnn_tf.input_error import InputError, one_line

DELIMITERS = "\t;|, "
"""The delimiters that are tried, in their order; a space stands for any spaces. A comma may also be a decimal mark."""

_MOST_ROWS = 100
"""The rows after the header from which the format is found."""

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?|[+-]?(inf|infinity)", re.IGNORECASE | re.ASCII)
_WITH_COMMA = re.compile(r"[+-]?(\d+,\d*|,\d+)(e[+-]?\d+)?", re.IGNORECASE | re.ASCII)


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

    Lines that begin with "#" and empty lines may stand before the header. The last of them is the header if numbers
    follow, as NumPy writes tables.

    Raises:
      InputError: If there is no header, or no delimiter cuts the header and the rows into equal numbers of cells.
    """
    body = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    comment = None
    while body and body[0][1].lstrip().startswith("#"):
        comment, body = body[0], body[1:]
    if not body:
        raise InputError(f"{where}: expected a header and rows; received no line of a table; fetch the file again")
    if comment and body:
        words = comment[1].lstrip().lstrip("#").lstrip()
        if _is_header_of(words, body[0][1]):
            body = [(comment[0], words), *body]
    header_line = body[0][0]
    rows = [line for _, line in body[: _MOST_ROWS + 1]]
    if len(rows) < 2:
        raise InputError(f"{where}: expected a header and rows; received one line; give a table with rows")
    return _format_of(rows, header_line, where)


def _is_header_of(words: str, row: str) -> bool:
    """Returns whether a comment has a name for each number of the row that follows it."""
    for delimiter in DELIMITERS:
        try:
            names, values = cells(words, delimiter), cells(row, delimiter)
        except csv.Error:
            return False
        if len(names) == len(values) > 1 and all(map(is_number, values)) and not any(map(is_number, names)):
            return True
    return False


def _format_of(rows: Sequence[str], header_line: int, where: str) -> TextFormat:
    """Returns the format of a header and the rows that follow it."""
    try:
        cuts = {delimiter: [cells(line, delimiter) for line in rows] for delimiter in DELIMITERS}
    except csv.Error as error:
        raise InputError(
            f"{where}: expected cells of a table; received: {one_line(error)}; give a table of numbers"
        ) from error
    half = 0.5 * (len(rows) - 1)
    candidates = {delimiter: found for delimiter, found in cuts.items() if len(found[0]) > 1}
    if all("\t" in row for row in rows):  # a table with tabs in every line is cut at tabs, where cells may be empty
        candidates.pop(" ", None)
    fitting = [
        delimiter
        for delimiter, (header, *found) in candidates.items()
        if sum(len(row) == len(header) for row in found) > half
    ]
    # Rows with too few or too many cells are missing cells or are refused, with the line, when all rows are read.
    fitting += [name for name, (_, *found) in candidates.items() if sum(len(row) > 1 for row in found) >= half]
    if not fitting or rows[0].count('"') % 2:
        shown = [one_line(repr(row[:80])) for row in rows[:2]]
        raise InputError(
            f"{where}, line {header_line}: expected names of at least two columns, with as many cells in each row; "
            f"received {shown[0]} and {shown[1]}; separate the cells by a comma, a semicolon or a tab, and close quotes"
        )
    delimiter = fitting[0]
    names, values = cuts[delimiter][0], [cell for row in cuts[delimiter][1:] for cell in row]
    if all(is_number(name) for name in names):
        raise InputError(
            f"{where}, line {header_line}: expected a header with the names of the columns; received numbers; write "
            "the names into the first line"
        )
    # A label may look like a number with a comma, too.
    commas = sum(bool(_WITH_COMMA.fullmatch(value)) for value in values)
    comma = delimiter != "," and commas > sum("." in value and is_number(value) for value in values)
    return TextFormat(delimiter, "," if comma else ".", tuple(names), header_line)


def cells(line: str, delimiter: str) -> list[str]:
    """Returns the cells of a line, without spaces around them and without quotes.

    Raises:
      csv.Error: If a cell is too long.
    """
    if delimiter == " ":
        line = re.sub(r"[ \t]+", " ", line.strip(" \t"))
    return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])]


def is_number(cell: str) -> bool:
    """Returns whether a cell is a number with a decimal point or a decimal comma."""
    return bool(_NUMBER.fullmatch(cell) or _WITH_COMMA.fullmatch(cell))


def number_in(cell: str, decimal: str) -> float | None:
    """Returns the number in a cell without spaces around it; None if the cell is not one number."""
    if decimal == "," and not ("." in cell or cell.count(",") > 1):
        cell = cell.replace(",", ".")
    elif decimal == ",":
        return None
    return float(cell) if _NUMBER.fullmatch(cell) else None
