"""The rows that stay in memory while files of any size are read."""

import numpy as np

from hnn_tf.data.tables.table_file import Chunk

WINDOW_ROWS = 50_000
"""The neighbouring rows that are kept or left out together, because motions are learned from neighbouring rows.

Sensors may take thousands of readings in a period, and a shorter window would not even contain one period.
"""


class KeptRows:
    """Windows of neighbouring rows, which are spread evenly over all rows that were added.

    If there are more rows than may be kept, every second window is left out, and from then on only every second window
    is kept; then every fourth, and so on. The memory is bounded, and the cost is linear in the number of rows.

    Args:
      most_rows: The largest number of rows that are kept, at least 2.
    """

    def __init__(self, most_rows: int) -> None:
        self._most_rows = most_rows
        self._window = max(1, min(WINDOW_ROWS, most_rows // 4))
        self._stride = 1
        self._next_window, self._rows_in_file, self._count = 0, 0, 0
        self._parts: list[dict[str, np.ndarray]] = []
        self._windows: list[np.ndarray] = []

    def begin_file(self) -> None:
        """Begins a new window, because rows of two files are not neighbours."""
        self._next_window += -(-self._rows_in_file // self._window)
        self._rows_in_file = 0

    def add(self, chunk: Chunk, source: int) -> None:
        """Adds the next rows of a file.

        Args:
          chunk: The rows.
          source: The index of the file.
        """
        count = len(chunk.rows)
        places = np.arange(self._rows_in_file, self._rows_in_file + count)
        self._rows_in_file += count
        windows = self._next_window + places // self._window
        part = {f".{name}": values for name, values in chunk.columns.items()}
        part |= {"row": chunk.rows, "source": np.full(count, source, np.int32)}
        self._append(part, windows)
        while self._count > self._most_rows:
            self._stride *= 2
            parts, windows_of = self._parts, self._windows
            self._parts, self._windows, self._count = [], [], 0
            for each, numbers in zip(parts, windows_of, strict=True):
                self._append(each, numbers)

    def column(self, name: str) -> np.ndarray:
        """Returns a column of the kept rows, `[N]`, and frees its memory here."""
        return self._joined(f".{name}")

    def rows(self) -> np.ndarray:
        """Returns the numbers of the kept rows in their files, `[N]`."""
        return self._joined("row")

    def sources(self) -> np.ndarray:
        """Returns the indices of the files of the kept rows, `[N]`."""
        return self._joined("source")

    def _append(self, part: dict[str, np.ndarray], windows: np.ndarray) -> None:
        kept = windows % self._stride == 0
        if not kept.all():
            part, windows = {name: values[kept] for name, values in part.items()}, windows[kept]
        if len(windows):
            self._parts.append(part)
            self._windows.append(windows)
            self._count += len(windows)

    def _joined(self, name: str) -> np.ndarray:
        return np.concatenate([part.pop(name) for part in self._parts])
