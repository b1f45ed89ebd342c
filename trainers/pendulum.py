"""Learns the ideal pendulum from noisy trajectories.

python -m trainers.pendulum --flagfile=pendulum.flags
"""

from trainers import task_command
from trainers.tasks.data_options import DataOptions

if __name__ == "__main__":
    task_command.run("pendulum", DataOptions, usage=__doc__, weight_decay=1e-4, noise_std=0.1)
