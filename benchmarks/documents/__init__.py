"""What the measurements write: parts of pages, and their tables."""
