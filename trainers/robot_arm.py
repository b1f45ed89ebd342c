"""Learns a robot arm with two joints from its motions and torques.

python -m trainers.robot_arm --data_path=characters.npz
"""

from trainers import task_command
from trainers.tasks.data_options import ArmOptions

if __name__ == "__main__":
    task_command.run(
        "robot_arm",
        ArmOptions,
        usage=__doc__,
        model="mechanical",
        hidden_units=(64, 64),
        optimizer="lbfgs",
        compare_baseline=True,
    )
