"""Learns two bodies on near-circular orbits.

python -m trainers.two_body --flagfile=two_body.flags
"""

from typing import Any

from hnn_tf.commands import command_line
from trainers import run, training_flags
from trainers.n_body import NBodyTask


def _sample(rng: Any, count: int) -> Any:
    from hnn_tf.data import sample_two_body

    return sample_two_body(rng, count)


def _sample_ood(rng: Any, count: int) -> Any:
    """Wider orbits than any of the training data."""
    from hnn_tf.data import sample_two_body

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

if __name__ == "__main__":
    training_flags.define(TASK.name, weight_decay=0.0, noise_std=0.0, steps=10_000, batch_size=200)
    training_flags.define_cache()
    command_line.run(lambda: run.main(TASK), usage=__doc__)
