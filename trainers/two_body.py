"""Learns two bodies on near-circular orbits.

python -m trainers.two_body --flagfile=two_body.flags
"""

from trainers import task_command

if __name__ == "__main__":
    task_command.run("two_body", usage=__doc__)
