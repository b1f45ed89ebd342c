"""The error of a training that broke off. Imports nothing heavy."""


class TrainingFailedError(RuntimeError):
    """Training that broke off; its message is one line, and the last good checkpoint is kept."""
