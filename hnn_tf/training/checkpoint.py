"""Checkpoints that survive a kill at any moment. Each model has one NumPy archive, which is replaced as a whole."""

import pathlib
import time
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from hnn_tf.files.atomic_file import atomic_file
from hnn_tf.input_error import InputError

_SECONDS_BETWEEN_SAVES = 2.0
_OF = "of."


class Checkpoint:
    """The newest state of a training, which is kept in memory and is written to disk every two seconds.

    Args:
      path: The file (`.npz`), in an existing folder.
      check: A function that is called before every write. It raises an error if nothing may be written any more.
      of: The description of the training, in texts by name. A checkpoint with another description is refused.
    """

    def __init__(
        self,
        path: pathlib.Path,
        check: Callable[[], None] = lambda: None,
        *,
        of: Mapping[str, str] | None = None,
    ) -> None:
        self.path, self._check, self._of = path, check, dict(of or {})
        self._newest: Mapping[str, Any] | None = None
        self._saved_at = time.monotonic()

    def update(self, state: Mapping[str, Any], *, last: bool) -> None:
        """Takes arrays by name, including `step`, as the newest state.

        The state is written to disk if it is the last one, or if the last write was at least two seconds ago.
        """
        self._newest = state  # a single assignment, because another thread may call `keep` at any moment
        if last or time.monotonic() - self._saved_at >= _SECONDS_BETWEEN_SAVES:
            self._save(state)
            self._saved_at = time.monotonic()

    def keep(self) -> str:
        """Saves the newest state, and returns a text that says from where --resume continues."""
        newest = self._newest
        if newest is not None:
            self._save(newest)
            return f"--resume continues {self.path.stem} from step {int(newest['step'])}"
        if self.path.exists():
            return f"--resume continues {self.path.stem} from its last checkpoint"
        return f"no step of {self.path.stem} is finished yet; --resume begins this training"

    def load(self) -> dict[str, np.ndarray] | None:
        """Returns the arrays on disk, or None if there is no file.

        Raises:
          InputError: If the file cannot be read as a checkpoint, or its training has another description.
        """
        if not self.path.exists():
            return None
        try:
            with np.load(self.path, allow_pickle=False) as archive:
                state = dict(archive)
        except (OSError, EOFError, ValueError, zipfile.BadZipFile) as error:
            raise InputError(
                f"{self.path}: expected a checkpoint of this run; the file can't be read ({error}); delete the file to "
                "train anew"
            ) from error
        kept = {name.removeprefix(_OF): str(state.pop(name)) for name in list(state) if name.startswith(_OF)}
        differing = [name for name in sorted(kept | self._of) if kept.get(name) != self._of.get(name)]
        if differing:
            raise InputError(
                f"{self.path}: expected a checkpoint of this fit; received a checkpoint of another {differing[0]}; "
                "delete the file to train anew, or give another folder"
            )
        return state

    def _save(self, state: Mapping[str, Any]) -> None:
        self._check()
        with atomic_file(self.path) as temporary:
            np.savez(temporary, **(dict(state) | {_OF + name: value for name, value in self._of.items()}))
