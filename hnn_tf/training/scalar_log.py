"""TensorBoard logs of losses."""

import contextlib
import pathlib
from collections.abc import Iterator
from typing import Any

import tensorflow as tf

from hnn_tf.files.full_disk import raise_if_full


class ScalarLog:
    """A folder of TensorBoard logs of losses. Without a folder, nothing is written.

    Raises:
      OSError: If the disk is full, both here and in `write`.
    """

    def __init__(self, folder: pathlib.Path | None) -> None:
        self._folder, self._writer = folder, None
        if folder:
            with _said_if_full(folder):
                self._writer = tf.summary.create_file_writer(str(folder))

    def write(self, name: str, step: int, loss: float) -> None:
        """Writes the loss after `step` steps."""
        if self._folder:
            writer: Any = self._writer
            with _said_if_full(self._folder):
                with writer.as_default():
                    tf.summary.scalar(name, loss, step=step)
                writer.flush()


@contextlib.contextmanager
def _said_if_full(folder: pathlib.Path) -> Iterator[None]:
    try:
        yield
    except tf.errors.OpError as error:
        raise_if_full(error, folder)
        raise
