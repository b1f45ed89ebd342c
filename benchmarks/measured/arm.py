"""The robot arm's motions as a table with torques as inputs."""

import numpy as np
import tensorflow as tf

from benchmarks.measured.csv_fit import fitted
from hnn_tf import data
from hnn_tf.data.measured import Schema
from trainers.tasks.robot_arm import TEST_LABELS


def arm(path: str) -> dict[str, float]:
    """Returns the error of the accelerations of the test characters, which are the last recordings of the table."""
    train, test = data.read_arm_record(path).split(TEST_LABELS)
    motions = [*train.motions, *test.motions]
    columns = {"t": np.concatenate([*train.times, *test.times])}
    for name, part in (("q", "position"), ("v", "velocity"), ("a", "acceleration"), ("u", "force")):
        values = np.concatenate([getattr(each, part) for each in motions])
        columns |= {f"{name}{i + 1}": values[:, i] for i in range(values.shape[1])}
    labels = np.repeat([*train.labels, *test.labels], [len(each.position) for each in motions])
    schema = Schema(
        time="t",
        positions=("q1", "q2"),
        velocities=("v1", "v2"),
        derivatives_given=("a1", "a2"),
        inputs=("u1", "u2"),
        angles=("q1", "q2"),
        recording="character",
        input_interpolation="linear",
    )
    found = fitted(columns, schema, labels=labels, model="mechanical_velocity_features")
    motion = data.ForcedMotion.joined(test.motions)
    state = tf.constant(np.concatenate([motion.position, motion.velocity], 1), tf.float32)
    predicted = found.model(state, inputs=tf.constant(motion.force, tf.float32)).numpy()[:, 2:]
    return {"acceleration_mse": float(np.mean((predicted - motion.acceleration) ** 2)), "seconds": found.seconds}
