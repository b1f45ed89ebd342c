"""Learns a robot arm with two joints from its motions and torques.

python -m trainers.robot_arm --data_path=characters.npz
"""

from trainers import task_command

if __name__ == "__main__":
    task_command.run("robot_arm", usage=__doc__)
