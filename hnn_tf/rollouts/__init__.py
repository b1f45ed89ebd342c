"""Rollouts: trajectories of a vector field that an integrator computes."""
