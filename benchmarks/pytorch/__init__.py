"""The same trainings in PyTorch, to be compared with ours."""
