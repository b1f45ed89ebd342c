"""Learns two bodies on near-circular orbits.

python -m trainers.two_body --flagfile=two_body.flags
"""

from trainers import task_command
from trainers.tasks.data_options import CachedDataOptions

if __name__ == "__main__":
    task_command.run("two_body", CachedDataOptions, usage=__doc__, weight_decay=0.0, steps=10_000, batch_size=200)
