"""Measurements behind every number that the documentation gives; not shipped.

A command is a file here, or the folder of its name: `python -m benchmarks.paper_table`, `python -m
benchmarks.objectives`. It has the flags alone; what it runs is in the folder of its question.

- `paper`: the paper's table and figures, and the method's known limits.
- `pytorch`: the same trainings in PyTorch.
- `objectives`: what is fitted to noisy trajectories, and how.
- `integrators`: errors and structure of every integrator.
- `cost`: seconds and memory of commands, data, rollouts, serving and many rows.
- `trainings`: those that the numbers are of, where they are kept, and their models.
- `documents`: parts of pages, and their tables.
"""
