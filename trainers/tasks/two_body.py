"""The task of two bodies on nearly circular orbits."""

from typing import Any

from hnn_tf.data import sample_two_body
from trainers.tasks.n_body import NBodyTask


def _sample(rng: Any, count: int) -> Any:
    return sample_two_body(rng, count)


def _sample_ood(rng: Any, count: int) -> Any:
    """Samples wider orbits than any in the training data."""
    return sample_two_body(rng, count, coordinate=(1.5, 1.8))


TASK = NBodyTask(
    name="two_body",
    num_bodies=2,
    sample=_sample,
    sample_ood=_sample_ood,
    num_trajectories=1000,
    num_times=50,
    span=20.0,
    horizon=25.0,
)
