"""Learns a pendulum from pictures.

python -m trainers.pixel_pendulum --flagfile=pixel_pendulum.flags
"""

from trainers import task_command
from trainers.tasks.data_options import FrameOptions

if __name__ == "__main__":
    task_command.run("pixel_pendulum", FrameOptions, usage=__doc__, weight_decay=None, steps=10_000, batch_size=200)
