"""Learns a lattice of bodies and springs, and applies the trained model to larger lattices.

python -m trainers.spring_lattice --flagfile=spring_lattice.flags --transfer_bodies=16,64
"""

from trainers import task_command

if __name__ == "__main__":
    task_command.run("spring_lattice", usage=__doc__)
