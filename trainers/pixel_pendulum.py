"""Learns a pendulum from pictures.

python -m trainers.pixel_pendulum --flagfile=pixel_pendulum.flags
"""

from trainers import task_command

if __name__ == "__main__":
    task_command.run("pixel_pendulum", usage=__doc__)
