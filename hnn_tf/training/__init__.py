"""Training: the compiled loop, when it ends, and where it begins."""
