"""The time and memory of commands, data, rollouts, serving and many rows."""
