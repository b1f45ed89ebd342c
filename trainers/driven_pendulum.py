"""Learns a pendulum with friction from its motions under known torques.

python -m trainers.driven_pendulum --flagfile=driven_pendulum.flags
"""

from trainers import task_command

if __name__ == "__main__":
    task_command.run("driven_pendulum", usage=__doc__)
