"""Measurements for all numbers in the documentation; not part of the installed package.

A command is a file here, or a folder of the same name: `python -m benchmarks.paper_table`, `python -m
benchmarks.objectives`. The file contains only the flags, and the code that it runs is in the folder of its question.

- `paper`: the paper's table and figures, and the known limits of the method.
- `pytorch`: the same trainings in PyTorch.
- `objectives`: the fits to noisy trajectories, by objective and method.
- `integrators`: the errors and the structure of every integrator.
- `cost`: the time and memory of commands, data, rollouts, serving and many rows.
- `trainings`: the measured trainings, their folders, and their models.
- `documents`: parts of pages, and their tables.
"""
