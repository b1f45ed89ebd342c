"""The tasks, by name."""

from typing import Any

from hnn_tf.registry import Registry

TASKS: Registry[Any] = Registry(
    {
        "mass_spring": "trainers.tasks.mass_spring:TASK",
        "pendulum": "trainers.tasks.pendulum:TASK",
        "pixel_pendulum": "trainers.tasks.pixel_pendulum:TASK",
        "real_pendulum": "trainers.tasks.real_pendulum:TASK",
        "robot_arm": "trainers.tasks.robot_arm:TASK",
        "three_body": "trainers.tasks.three_body:TASK",
        "two_body": "trainers.tasks.two_body:TASK",
    }
)
"""All tasks, by the names of their trainers."""
