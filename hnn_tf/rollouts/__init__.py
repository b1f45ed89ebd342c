"""Motion over time: rollouts of a vector field by an integrator."""
