"""Seconds and memory of commands, data, rollouts, serving and many rows."""
