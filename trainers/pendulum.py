"""Learns the ideal pendulum from noisy trajectories.

python -m trainers.pendulum --flagfile=pendulum.flags
"""

from trainers import task_command

if __name__ == "__main__":
    task_command.run("pendulum", usage=__doc__)
