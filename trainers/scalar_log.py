"""Losses as TensorBoard logs."""

import pathlib


class ScalarLog:
    """Writes losses to a folder of TensorBoard logs; without a folder it writes nothing."""

    def __init__(self, folder: pathlib.Path | None) -> None:
        self._writer = None
        if folder:
            import tensorflow as tf

            self._writer = tf.summary.create_file_writer(str(folder))

    def write(self, name: str, step: int, loss: float) -> None:
        """Records a loss after `step` steps."""
        if self._writer:
            import tensorflow as tf

            with self._writer.as_default():
                tf.summary.scalar(name, loss, step=step)
            self._writer.flush()
