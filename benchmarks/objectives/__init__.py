"""A comparison of the errors, times and settings of fits to noisy trajectories."""
