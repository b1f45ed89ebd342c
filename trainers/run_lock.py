"""The lock of a run's folder. Only one process writes there, and the process notices if the folder is removed."""

import contextlib
import errno
import os
import pathlib
import socket
import sys

from hnn_tf.commands.printable_text import printable
from hnn_tf.input_error import InputError

NAME = ".lock"


class RunLock:
    """A lock that holds a folder until `release`. The system also releases the folder at any end of the process.

    The lock is an flock of the file `.lock` in the folder, which `release` removes. A killed process leaves its file
    behind, but the file no longer locks the folder. If the system has no such locks, a line on stderr says so, and the
    folder is not locked.

    Args:
      folder: The existing folder to hold.

    Raises:
      InputError: If another process holds the folder.
      OSError: If the file cannot be written.
    """

    def __init__(self, folder: pathlib.Path) -> None:
        self._folder, self._path = folder, folder / NAME
        self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            self._hold()
            while not self._is_there():  # the process that held the folder has removed the file
                os.close(self._file)
                self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)
                self._hold()
            os.ftruncate(self._file, 0)
            os.write(self._file, f"{os.getpid()} on {socket.gethostname()}".encode())
        except BaseException:
            os.close(self._file)
            raise

    def check(self) -> None:
        """Does nothing if the folder is still the held folder.

        Raises:
          FileNotFoundError: If the folder was removed or renamed.
        """
        if not self._is_there():
            raise FileNotFoundError(
                errno.ENOENT,
                "the folder was removed or renamed during this run; put the folder back and add --resume, or begin "
                "again",
                str(self._folder),
            )

    def release(self) -> None:
        """Releases the folder."""
        if self._is_there():
            with contextlib.suppress(OSError):  # if the file stays, it does not lock the folder
                self._path.unlink()
        os.close(self._file)

    def _hold(self) -> None:
        try:
            import fcntl
        except ModuleNotFoundError:  # not on Unix
            self._say_no_locks("this system has no flock")
            return
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError) as error:
            holder = os.read(self._file, 300).decode(errors="replace") or "just starting"
            raise InputError(
                f"--output_dir={self._folder}: another process ({holder}) writes to this folder; wait for the "
                "end of the process, or choose another folder"
            ) from error
        except OSError as error:  # a file system without locks
            self._say_no_locks(error.strerror or error)

    def _say_no_locks(self, reason: object) -> None:
        folder = printable(str(self._folder))
        sys.stderr.write(
            f"--output_dir={folder}: the folder can't be locked ({reason}); run no other process in this folder\n"
        )

    def _is_there(self) -> bool:
        try:
            return os.path.samestat(os.stat(self._path), os.fstat(self._file))
        except (FileNotFoundError, NotADirectoryError):
            return False
