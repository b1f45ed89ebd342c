"""Learns three bodies, whose motion is chaotic.

python -m trainers.three_body --flagfile=three_body.flags
"""

from typing import Any

from hnn_tf.commands import command_line
from trainers import run, training_flags
from trainers.n_body import NBodyTask


def _sample(rng: Any, count: int) -> Any:
    from hnn_tf.data import sample_three_body

    return sample_three_body(rng, count)


def _sample_ood(rng: Any, count: int) -> Any:
    """Wider triangles than any of the training data."""
    from hnn_tf.data import sample_three_body

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

if __name__ == "__main__":
    training_flags.define(TASK.name, weight_decay=1e-4, noise_std=0.0, steps=10_000, batch_size=600)
    training_flags.define_cache()
    command_line.run(lambda: run.main(TASK), usage=__doc__)
