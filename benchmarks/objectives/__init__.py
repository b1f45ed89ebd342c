"""A comparison of fits to noisy trajectories: errors, times, settings."""
