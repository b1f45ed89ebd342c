"""Training and test data: simulated from true systems, or measured."""

from hnn_tf.data.initial_states import sample_box_ring, sample_on_radius
from hnn_tf.data.noise import add_gaussian_noise
from hnn_tf.data.schmidt_lipson import PendulumRecord, forward_differences, read_pendulum_record
from hnn_tf.data.splits import split_by_trajectory
from hnn_tf.data.tf_dataset import to_tf_dataset
from hnn_tf.data.trajectories import Trajectories, generate_trajectories

__all__ = [
    "PendulumRecord",
    "Trajectories",
    "add_gaussian_noise",
    "forward_differences",
    "generate_trajectories",
    "read_pendulum_record",
    "sample_box_ring",
    "sample_on_radius",
    "split_by_trajectory",
    "to_tf_dataset",
]
