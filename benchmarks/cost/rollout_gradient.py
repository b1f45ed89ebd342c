"""The cost of a rollout's gradient, in a process without other work."""

import json
import resource
import sys
from typing import Any

import tensorflow as tf

import hnn_tf
from benchmarks.cost.rollout_sizes import GRADIENT_STATES, GRADIENTS, STEP_SIZE
from benchmarks.cost.timing import seconds_of


def print_cost(name: str) -> None:
    """Prints, as JSON, the time of a traced gradient to a model's variables and the peak memory of its process."""
    steps, checkpointing = GRADIENTS[name]
    model = hnn_tf.HamiltonianNetwork(hnn_tf.MLPHamiltonian())
    states = tf.random.normal([GRADIENT_STATES, 2])
    model(states)

    def gradient() -> None:
        with tf.GradientTape() as tape:
            options: dict[str, Any] = {"num_steps": steps, "checkpointing": checkpointing}
            trajectory = hnn_tf.rollout(model, states, step_size=STEP_SIZE, **options)
            loss = tf.reduce_sum(trajectory[:, -1] ** 2)
        for slope in tape.gradient(loss, model.trainable_variables):
            slope.numpy()

    gradient()  # the first call traces the gradient
    seconds = seconds_of(gradient)
    # The unit of the peak is kB, or bytes on macOS.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
    sys.stdout.write(json.dumps({"seconds": seconds, "peak_megabytes": peak}))
