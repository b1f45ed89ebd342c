"""What the command lines share: flags, one-line errors, interruption."""
