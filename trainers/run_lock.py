"""The lock of a run's folder: one process writes there, and knows if the folder is taken away."""

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
    """Holds a folder until `release`; the system releases it when the process ends, however it ends.

    It is an flock of the file `.lock` in the folder, which `release` removes. What a kill leaves of it holds nothing.
    Where there are no such locks, a line on stderr says so, and there is none.

    Args:
      folder: To hold; it exists.

    Raises:
      InputError: If another process holds it.
      OSError: If the file can't be written.
    """

    def __init__(self, folder: pathlib.Path) -> None:
        self._folder, self._path = folder, folder / NAME
        self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            self._hold()
            while not self._is_there():  # whoever held it has removed the file meanwhile
                os.close(self._file)
                self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)
                self._hold()
            os.ftruncate(self._file, 0)
            os.write(self._file, f"{os.getpid()} on {socket.gethostname()}".encode())
        except BaseException:
            os.close(self._file)
            raise

    def check(self) -> None:
        """Does nothing if the folder is still the one that is held.

        Raises:
          FileNotFoundError: If it was removed or renamed.
        """
        if not self._is_there():
            raise FileNotFoundError(
                errno.ENOENT,
                "was removed or renamed while this run was writing to it; put it back and add --resume, or begin anew",
                str(self._folder),
            )

    def release(self) -> None:
        """Gives the folder free."""
        if self._is_there():
            with contextlib.suppress(OSError):  # a file that stays holds nothing
                self._path.unlink()
        os.close(self._file)

    def _hold(self) -> None:
        try:
            import fcntl
        except ModuleNotFoundError:  # not of Unix
            self._say_no_locks("this system has no flock")
            return
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError) as error:
            holder = os.read(self._file, 300).decode(errors="replace") or "just starting"
            raise InputError(
                f"--output_dir={self._folder}: another process ({holder}) is running there; wait for its end, "
                "or choose another"
            ) from error
        except OSError as error:  # a file system that has none
            self._say_no_locks(error.strerror or error)

    def _say_no_locks(self, reason: object) -> None:
        folder = printable(str(self._folder))
        sys.stderr.write(f"--output_dir={folder}: can't be locked ({reason}); run no second process in it meanwhile\n")

    def _is_there(self) -> bool:
        try:
            return os.path.samestat(os.stat(self._path), os.fstat(self._file))
        except (FileNotFoundError, NotADirectoryError):
            return False
