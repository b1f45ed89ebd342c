"""A stream of text lines from a file of unknown content, which is checked while it is read."""

import codecs
import gzip
import io
import pathlib
import zlib

from hnn_tf.input_error import InputError

LONGEST_LINE = 1_000_000
"""The largest number of bytes of a line. A file without line ends would otherwise fill the memory."""

MOST_BYTES = 10**12
"""The largest number of bytes of the text, after decompression."""

_MOST_RATIO = 1000
"""The largest allowed ratio of a text to its compressed file. Tables of readings are compressed 3 to 20 times."""

_FREE_BYTES = 10**8
"""The bytes of a text that are read whatever their compression."""


class TextStream(io.RawIOBase):
    """The bytes of a text file, compressed by gzip or not, without a byte-order mark.

    Args:
      path: The file.

    Raises:
      InputError: In a read, with the line, if the bytes are not UTF-8, a line is too long, or the file is damaged or
        much larger than it looks. The error is also kept as `error`, because readers of tables may hide it.
    """

    def __init__(self, path: pathlib.Path) -> None:
        super().__init__()
        self._path = path
        self._file = open(path, "rb")
        self._packed_size = path.stat().st_size
        packed = self._file.read(2) == b"\x1f\x8b"
        self._file.seek(0)
        self._source = gzip.GzipFile(fileobj=self._file) if packed else self._file
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._line, self._since_line_end, self._size, self._packed = 1, 0, 0, packed
        self._ends_with_line_end = True
        self.error: InputError | None = None

    @property
    def ends_with_line_end(self) -> bool:
        """Whether the bytes that were read so far end with a line end."""
        return self._ends_with_line_end

    def readable(self) -> bool:
        """Returns True."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Reads bytes into a buffer, and returns their number; 0 at the end."""
        if self.error:
            raise self.error
        try:
            data = self._source.read(len(buffer))
        except (OSError, EOFError, zlib.error) as error:
            raise self._refused(f"expected a sound gzip file; received: {error}; fetch the file again") from error
        first = self._size == 0
        self._size += len(data)
        self._check(data, last=not data)
        if first and data.startswith(codecs.BOM_UTF8):
            data = data.removeprefix(codecs.BOM_UTF8)
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Closes the file."""
        if not self.closed:
            self._source.close()
            self._file.close()
        super().close()

    def _check(self, data: bytes, *, last: bool) -> None:
        if self._size > MOST_BYTES or (
            self._packed and self._size > _FREE_BYTES and self._size > _MOST_RATIO * self._packed_size
        ):
            raise self._refused(
                f"expected a table; received a file of {self._packed_size} bytes that unpacks to more than "
                f"{self._size} bytes; give the unpacked file, if it is a table"
            )
        zero = data.find(b"\0")
        if zero >= 0:
            line = self._line + data.count(b"\n", 0, zero)
            raise self._refused("expected text; received a zero byte; save the table as UTF-8 text", line)
        try:
            self._decoder.decode(data, final=last)
        except UnicodeDecodeError as error:
            line = self._line + data.count(b"\n", 0, min(error.start, len(data)))
            raise self._refused(
                f"expected text in UTF-8; received the byte {error.object[error.start]:#04x}; save the table as UTF-8",
                line,
            ) from error
        lines = data.split(b"\n")
        longest = max([self._since_line_end + len(lines[0]), *map(len, lines[1:])])
        if longest > LONGEST_LINE:
            raise self._refused(
                f"expected lines of at most {LONGEST_LINE} bytes; received a longer one; give a table with a row in "
                "each line",
                self._line,
            )
        self._since_line_end = len(lines[-1]) + (self._since_line_end if len(lines) == 1 else 0)
        self._line += len(lines) - 1
        if data:
            self._ends_with_line_end = data.endswith((b"\n", b"\r"))

    def _refused(self, problem: str, line: int | None = None) -> InputError:
        where = f"{self._path}" if line is None else f"{self._path}, line {line}"
        self.error = InputError(f"{where}: {problem}")
        return self.error
