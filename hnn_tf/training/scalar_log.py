"""Losses as TensorBoard logs."""

import contextlib
import pathlib
from collections.abc import Iterator
from typing import Any

import tensorflow as tf

from hnn_tf.files.full_disk import raise_if_full


class ScalarLog:
    """Writes losses to a folder of TensorBoard logs; without a folder it writes nothing.

    Raises:
      OSError: If its disk is full; of `write`, too.
    """

    def __init__(self, folder: pathlib.Path | None) -> None:
        self._folder, self._writer = folder, None
        if folder:
            with _said_if_full(folder):
                self._writer = tf.summary.create_file_writer(str(folder))

    def write(self, name: str, step: int, loss: float) -> None:
        """Records a loss after `step` steps."""
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
