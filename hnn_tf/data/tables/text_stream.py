"""A stream of text lines from a file of unknown content, which is checked while it is read."""

import codecs
import gzip
import io
import pathlib
import zlib

from hnn_tf.data.tables.unpacked_size import check_unpacked_size
from hnn_tf.input_error import InputError, one_line

LONGEST_LINE = 1_000_000
"""The largest number of bytes of a line. A file without line ends would otherwise fill the memory."""


class TextStream(io.RawIOBase):
    r"""The bytes of a text file, compressed by gzip or not, without a byte-order mark, and with `\n` as line ends.

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
        packed = self._file.read(2) == b"\x1f\x8b"
        self._file.seek(0)
        self._source = gzip.GzipFile(fileobj=self._file) if packed else self._file
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._line, self._since_line_end, self._size, self._packed = 1, 0, 0, packed
        self._held = b""  # a carriage return whose line feed may follow in the next read
        self.error: InputError | None = None

    @property
    def ends_with_line_end(self) -> bool:
        """Whether the bytes that were read so far end with a line end."""
        return self._since_line_end == 0

    @property
    def num_lines(self) -> int:
        """The number of lines that were read so far."""
        return self._line - self.ends_with_line_end

    def readable(self) -> bool:
        """Returns True."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Reads bytes into a buffer, and returns their number; 0 at the end."""
        if self.error:
            raise self.error
        data, last = b"", False
        while not data and not last:  # a read of a carriage return alone is not the end
            data, last = self._read(len(buffer) - len(self._held))
        self._check(data, last=last)
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Closes the file."""
        if not self.closed:
            self._source.close()
            self._file.close()
        super().close()

    def _read(self, size: int) -> tuple[bytes, bool]:
        """Returns the next bytes, and whether these are the last."""
        try:
            data = self._source.read(min(size, LONGEST_LINE))
            if self._packed:
                check_unpacked_size(self._path, self._file.tell(), self._size + len(data))
        except InputError as error:
            self.error = error
            raise
        except (OSError, EOFError, zlib.error) as error:
            kind = "gzip file" if self._packed else "file"
            raise self._refused(
                f"expected a sound {kind}; received: {one_line(error)}; fetch the file again"
            ) from error
        if not self._size:
            data = data.removeprefix(codecs.BOM_UTF8)
        self._size += len(data)
        if not data:
            data, self._held = self._held.replace(b"\r", b"\n"), b""
            return data, True
        data, self._held = self._held + data, b""
        if data.endswith(b"\r"):
            data, self._held = data[:-1], b"\r"
        return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n"), False

    def _check(self, data: bytes, *, last: bool) -> None:
        zero = data.find(b"\0")
        if zero >= 0:
            line = self._line + data.count(b"\n", 0, zero)
            raise self._refused("expected text; received a zero byte; save the table as UTF-8 text", line)
        try:
            self._decoder.decode(data, final=last)
        except UnicodeDecodeError as error:
            line = self._line + error.object.count(b"\n", 0, error.start)
            raise self._refused(
                f"expected text in UTF-8; received the byte {error.object[error.start]:#04x}; save the table as UTF-8",
                line,
            ) from error
        # No line inside of the bytes is too long, because they are no more than a line may be.
        first = data.find(b"\n")
        if self._since_line_end + (len(data) if first < 0 else first) > LONGEST_LINE:
            raise self._refused(
                f"expected lines of at most {LONGEST_LINE} bytes; received a longer one; give a table with a row in "
                "each line",
                self._line,
            )
        self._since_line_end = len(data) - data.rfind(b"\n") - 1 + (self._since_line_end if first < 0 else 0)
        self._line += data.count(b"\n")

    def _refused(self, problem: str, line: int | None = None) -> InputError:
        where = f"{self._path}" if line is None else f"{self._path}, line {line}"
        self.error = InputError(f"{where}: {problem}")
        return self.error
