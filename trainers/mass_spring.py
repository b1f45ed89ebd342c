"""Learns the ideal mass on a spring from noisy trajectories.

python -m trainers.mass_spring --flagfile=mass_spring.flags
"""

from trainers import task_command

if __name__ == "__main__":
    task_command.run("mass_spring", usage=__doc__)
