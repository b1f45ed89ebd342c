"""Learns three bodies, whose motion is chaotic.

python -m trainers.three_body --flagfile=three_body.flags
"""

from trainers import task_command

if __name__ == "__main__":
    task_command.run("three_body", usage=__doc__)
