"""What can be fitted to noisy trajectories, and how: errors, times, settings."""
