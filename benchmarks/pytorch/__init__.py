"""The same trainings in PyTorch, for comparison."""
