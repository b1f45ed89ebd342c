"""The error of a failed training. This module imports nothing heavy."""


class TrainingFailedError(RuntimeError):
    """The error of a training that failed. The message is one line, and the last good checkpoint is kept."""
