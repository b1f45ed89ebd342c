"""Training: the compiled loop, its start, and its end."""
