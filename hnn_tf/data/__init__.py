"""Training and test data: simulated from true systems, or measured."""

from hnn_tf.data.dataset_cache import cached_arrays
from hnn_tf.data.fingerprint import fingerprint
from hnn_tf.data.frame_pairs import frame_pairs
from hnn_tf.data.gymnasium_pendulum import TIME_STEP, discrete_energy, sample_pendulum_states, simulate_pendulum
from hnn_tf.data.initial_states import sample_box_ring, sample_on_radius
from hnn_tf.data.noise import add_gaussian_noise
from hnn_tf.data.orbits import sample_three_body, sample_two_body
from hnn_tf.data.pendulum_frames import render_pendulum, render_pendulum_by_gymnasium
from hnn_tf.data.pendulum_record import PendulumRecord
from hnn_tf.data.schmidt_lipson import forward_differences, read_pendulum_record
from hnn_tf.data.splits import split_by_trajectory
from hnn_tf.data.tf_dataset import to_tf_dataset
from hnn_tf.data.trajectories import Trajectories, generate_trajectories

__all__ = [
    "PendulumRecord",
    "TIME_STEP",
    "Trajectories",
    "add_gaussian_noise",
    "cached_arrays",
    "discrete_energy",
    "fingerprint",
    "forward_differences",
    "frame_pairs",
    "generate_trajectories",
    "read_pendulum_record",
    "render_pendulum",
    "render_pendulum_by_gymnasium",
    "sample_box_ring",
    "sample_on_radius",
    "sample_pendulum_states",
    "sample_three_body",
    "sample_two_body",
    "simulate_pendulum",
    "split_by_trajectory",
    "to_tf_dataset",
]
