"""Recordings of a table of measurements, with the report of what was found and repaired."""

import dataclasses
from typing import Any

from hnn_tf.data.measured.preparation import prepare
from hnn_tf.data.measured.schema import Schema
from hnn_tf.data.recordings import Recordings
from hnn_tf.data.tables.table import Table


@dataclasses.dataclass(frozen=True, eq=False)
class Prepared:
    """Checked recordings.

    Attributes:
      recordings: The recordings. Positions have the units of their columns, and velocities (position unit)/(time
        unit). Angles are continuous, in the unit of their column.
      report: What was found and repaired. It can be written as JSON.
    """

    recordings: Recordings
    report: dict[str, Any]


def prepared(table: Table, schema: Schema) -> Prepared:
    """Returns the recordings of a table, checked and repaired; see `prepare`.

    Args:
      table: The table.
      schema: The roles of its columns.

    Raises:
      InputError: If what was measured cannot be used. The message names the file, the row, the column and the mend.
    """
    found = prepare(table, schema)
    return Prepared(Recordings(found.recordings, **found.description), found.report)
