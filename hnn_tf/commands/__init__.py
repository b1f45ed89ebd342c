"""Common parts of the command lines: flags, one-line errors, and interruption."""
