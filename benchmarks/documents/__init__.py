"""The output of the measurements: parts of pages, and their tables."""
