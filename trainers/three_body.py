"""Learns three bodies, whose motion is chaotic.

python -m trainers.three_body --flagfile=three_body.flags
"""

from trainers import task_command
from trainers.tasks.data_options import CachedDataOptions

if __name__ == "__main__":
    task_command.run("three_body", CachedDataOptions, usage=__doc__, weight_decay=1e-4, steps=10_000, batch_size=600)
