"""Learns a double pendulum, whose motion is chaotic at high energies.

python -m trainers.double_pendulum --flagfile=double_pendulum.flags
"""

from trainers import task_command

if __name__ == "__main__":
    task_command.run("double_pendulum", usage=__doc__)
