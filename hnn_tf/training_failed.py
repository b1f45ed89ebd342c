"""The error of a failed training. Imports nothing heavy."""


class TrainingFailedError(RuntimeError):
    """A training that failed. The message is one line, and the last good checkpoint is kept."""
