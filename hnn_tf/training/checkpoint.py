"""Checkpoints that survive a kill at any moment: one NumPy archive a model, replaced as a whole."""

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
    """The newest state of a training: in memory, and every two seconds on disk.

    Args:
      path: The file (`.npz`), in a folder that exists.
      check: Called before every write; raises where nothing may be written any more.
      of: What is trained, in words by their names: a checkpoint of anything else is refused.
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
        """Takes arrays by name as the newest state, `step` among them, and saves it if it is time to, or the last."""
        self._newest = state  # in one assignment: `keep` may be called in another thread at any moment
        if last or time.monotonic() - self._saved_at >= _SECONDS_BETWEEN_SAVES:
            self._save(state)
            self._saved_at = time.monotonic()

    def keep(self) -> str:
        """Saves the newest state; returns what --resume makes of it."""
        newest = self._newest
        if newest is not None:
            self._save(newest)
            return f"--resume continues {self.path.stem} from step {int(newest['step'])}"
        if self.path.exists():
            return f"--resume continues {self.path.stem} from its last checkpoint"
        return f"no step of {self.path.stem} is finished yet; --resume begins this training"

    def load(self) -> dict[str, np.ndarray] | None:
        """The arrays on disk, or None if there are none.

        Raises:
          InputError: If the file can't be read as a checkpoint.
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
