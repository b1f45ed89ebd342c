"""The task of three bodies, whose motion is chaotic."""

from typing import Any

from hnn_tf.data import sample_three_body
from trainers.tasks.n_body import NBodyTask


def _sample(rng: Any, count: int) -> Any:
    return sample_three_body(rng, count)


def _sample_ood(rng: Any, count: int) -> Any:
    """Samples wider triangles than any in the training data."""
    return sample_three_body(rng, count, radius=(1.2, 1.4))


TASK = NBodyTask(
    name="three_body",
    num_bodies=3,
    sample=_sample,
    sample_ood=_sample_ood,
    num_trajectories=5000,
    num_times=20,
    span=5.0,
    horizon=3.0,
)
