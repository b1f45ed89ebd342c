"""What the table of structures measures of one task."""

import dataclasses
from collections.abc import Callable

from benchmarks.documents.markdown_tables import spread


def share(covered: list[float | None]) -> str:
    """Returns how many of the intervals covered the truth; the values are 1 or 0."""
    return f"{sum(value or 0 for value in covered):g} of {len(covered)}"


@dataclasses.dataclass(frozen=True)
class Line:
    """A line of the table.

    Attributes:
      title: What is measured.
      key: The name of the number with the structure.
      plain: The name of the number of the model for comparison, if there is one.
      published: The published number with which to compare, if there is one.
      cell: A function from the numbers over seeds to the text of a cell.
    """

    title: str
    key: str
    plain: str | None = None
    published: float | None = None
    cell: Callable[[list[float | None]], str] = spread


@dataclasses.dataclass(frozen=True)
class Measurement:
    """The measurement of one task.

    Attributes:
      title: The task and its structure, as the table names them.
      measure: A function from the seed to numbers by name.
      lines: The lines of the table.
      seeds: The number of seeds, if it is not the command's.
    """

    title: str
    measure: Callable[[int], dict[str, float]]
    lines: tuple[Line, ...]
    seeds: int | None = None
