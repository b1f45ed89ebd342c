"""Learns the ideal mass on a spring from noisy trajectories.

python -m trainers.mass_spring --flagfile=mass_spring.flags
"""

from trainers import task_command
from trainers.tasks.data_options import DataOptions

if __name__ == "__main__":
    task_command.run("mass_spring", DataOptions, usage=__doc__, weight_decay=1e-4, noise_std=0.1)
