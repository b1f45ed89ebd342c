"""Trains another network to keep the energy, with a loss term of a learned H.

python examples/embedding/energy_penalty.py --model_path=runs/pendulum/model.keras

A perceptron that predicts the state 0.3 s later learns from 100 noisy pairs, once by itself and once with the penalty
weight (H(prediction) - H(state))^2, which needs no further data. Both perceptrons are then applied repeatedly for 30 s.
"""

import sys

import keras
import numpy as np
import tensorflow as tf
from absl import flags

from hnn_tf import InputError, data, figures, systems
from hnn_tf.commands import command_line, number_flags
from hnn_tf.export import load_model

PAIRS, NOISE = 100, 0.05
TIME_STEP, NUM_STEPS = 0.3, 100


class EnergyPenalty(keras.layers.Layer):
    """Adds weight (H(prediction) - H(state))^2 to the loss of the network that contains the layer."""

    def __init__(self, hamiltonian, weight: float, **kwargs) -> None:
        super().__init__(**kwargs)
        self.hamiltonian, self.weight = hamiltonian, weight

    def call(self, state, prediction):
        """Returns the prediction [B, 2n] for a state [B, 2n] unchanged, and adds its loss."""
        error = self.hamiltonian(prediction) - self.hamiltonian(state)
        self.add_loss(self.weight * tf.reduce_mean(tf.square(error)))
        return prediction


def stepper(model, weight: float):
    """Returns a Keras model, state [B, 2] -> state one time step later [B, 2]."""
    state = keras.Input([2])
    hidden = keras.layers.Dense(32, "tanh")(keras.layers.Dense(32, "tanh")(state))
    prediction = keras.layers.Add()([state, keras.layers.Dense(2)(hidden)])
    if weight:
        model.trainable = False  # only the network is trained, not H
        prediction = EnergyPenalty(model.hamiltonian, weight)(state, prediction)
    return keras.Model(state, prediction)


def _main() -> None:
    settings, write = flags.FLAGS, sys.stdout.write
    model = load_model(settings.model_path, width=2, dtype="float32")
    if not hasattr(model, "hamiltonian"):
        raise InputError(f"--model_path: expected a model with a Hamiltonian; received {model.name}; train --model=hnn")
    pendulum, rng = systems.Pendulum(), np.random.default_rng(0)
    starts = data.sample_on_radius(rng, PAIRS, radius=(1.3, 2.3))
    pairs = data.generate_trajectories(pendulum, starts, [0.0, TIME_STEP], noise_std=NOISE, rng=rng).states
    now, following = np.moveaxis(pairs.astype("float32"), 1, 0)
    batches = tf.data.Dataset.from_tensors((now, following)).repeat()  # each batch contains all pairs
    energies, test = {}, data.sample_on_radius(rng, 20, radius=(1.3, 2.3)).astype("float32")
    write(f"rms error of the true energy after {NUM_STEPS * TIME_STEP:.0f} s, over {len(test)} motions\n")
    for label, weight in (("without penalty", 0.0), ("with penalty", settings.weight)):
        keras.utils.set_random_seed(0)
        network = stepper(model, weight)
        network.compile(keras.optimizers.Adam(3e-3), "mse")
        network.fit(batches, steps_per_epoch=settings.steps, shuffle=False, verbose=0)
        path = [test]
        for _ in range(NUM_STEPS):
            path.append(network.predict_on_batch(path[-1]))
        energy = pendulum.hamiltonian(tf.constant(np.stack(path))).numpy()
        write(f"{label:18}{np.sqrt(np.mean((energy[-1] - energy[0]) ** 2)):.3f} J\n")
        energies[label] = energy[:, 0]
    energies = {"truth": np.full(NUM_STEPS + 1, energies[label][0]), **energies}
    times = TIME_STEP * np.arange(NUM_STEPS + 1)
    figures.draw_energy(settings.figure_path, times=times, energies=energies, energy_unit=pendulum.energy_unit)
    write(f"{settings.figure_path}\n")


if __name__ == "__main__":
    flags.DEFINE_string("model_path", None, "The model.keras of a run of trainers.pendulum.", required=True)
    number_flags.define("weight", 1.0, "The weight of the penalty, in 1/J².", least=0.0, most=number_flags.MOST_WEIGHT)
    flags.DEFINE_integer("steps", 1000, "The number of training steps.", lower_bound=1)
    flags.DEFINE_string("figure_path", "energy_penalty.png", "The figure to write.")
    command_line.run(_main, usage=__doc__)
