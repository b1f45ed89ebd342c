"""Predicts from one reading whether a pendulum will swing beyond 90 degrees, by a Keras model with an export inside.

python examples/embedding/classify_by_energy.py --saved_model=runs/pendulum/saved_model/1

The energy decides the answer, and the export computes the energy. For this reason, 32 labelled readings are enough for
the two weights after the export.
"""

import pathlib
import sys
import tempfile

import keras
import numpy as np
import tensorflow as tf
from absl import flags

from hnn_tf import InputError, data, systems
from hnn_tf.commands import command_line
from hnn_tf.export import model_card, versions
from hnn_tf.figures import canvas, style
from hnn_tf.input_error import one_line

LABELLED, TEST = 32, 2000
BEYOND = 3.0
"""The energy of the pendulum at rest at 90 degrees, in J."""
GRID = 121


def energy_classifier(saved_model: str):
    """Returns a Keras model, state [B, 2] -> probability [B, 1].

    The model consists of the frozen energy, a normalization of its scale, and two trained weights.
    """
    inputs = keras.Input([2], name="state")
    # The dtype is float32 under any policy, because a SavedModel takes the precision of its export.
    exported = keras.layers.TFSMLayer(saved_model, call_endpoint="energy", dtype="float32")
    energy = keras.layers.Reshape([1])(exported(inputs)["energy"])
    scaled = keras.layers.BatchNormalization(momentum=0.9, center=False, scale=False)(energy)
    return keras.Model(inputs, keras.layers.Dense(1, "sigmoid")(scaled), name="by_energy")


def plain_classifier():
    """Returns a classifier for the same task without the energy: a small perceptron of the state itself."""
    layers = [keras.layers.Dense(16, "tanh"), keras.layers.Dense(16, "tanh"), keras.layers.Dense(1, "sigmoid")]
    return keras.Sequential([keras.Input([2]), *layers], name="by_state")


def draw(path: str, classifiers, states, labels) -> None:
    """Draws the boundary of each classifier, and the true boundary."""
    pendulum = systems.Pendulum()
    axes = [np.linspace(-limit, limit, GRID) for limit in (2.6, 2.6)]
    grid = np.stack(np.meshgrid(*axes), -1).reshape(-1, 2).astype("float32")
    with canvas.png_figure(path, height=3.9) as figure:
        for ax, model in zip(figure.subplots(1, 2), classifiers, strict=True):
            probability = model.predict(grid, batch_size=GRID**2, verbose=0).reshape(GRID, GRID)
            energy = np.reshape(pendulum.hamiltonian(grid), [GRID, GRID])
            ax.contourf(*axes, probability, levels=[0.5, 1.0], colors=["#cfe3f2"])
            ax.contour(*axes, energy, levels=[BEYOND], colors="#333333", linewidths=1.6)
            for value, marker, name in ((0, "o", "stays within 90°"), (1, "^", "swings beyond")):
                ax.scatter(*states[labels[:, 0] == value].T, s=16, marker=marker, label=name, zorder=3)
            names = [style.axis_label(*pair) for pair in zip(pendulum.state_names, pendulum.state_units, strict=True)]
            ax.set(xlabel=names[0], ylabel=names[1], title="By energy" if model.name == "by_energy" else "By state")
        canvas.legend_below(figure, *ax.get_legend_handles_labels())


def _main() -> None:
    settings, write = flags.FLAGS, sys.stdout.write
    keras.utils.set_random_seed(0)
    rng = np.random.default_rng(0)
    states = data.sample_on_radius(rng, LABELLED + TEST, radius=(1.0, 2.3)).astype("float32")
    labels = (systems.Pendulum().hamiltonian(states).numpy() > BEYOND).astype("float32")[:, None]
    folder = versions.latest(settings.saved_model)
    if model_card.read(folder)["dtype"] != "float32":
        raise InputError(f"--saved_model={folder}: expected a model of float32; train with --precision=float32")
    try:
        by_energy = energy_classifier(str(folder))
    except Exception as error:  # TensorFlow's loader raises errors of any class
        raise InputError(
            f"--saved_model={folder}: expected an export of an HNN of a pendulum; received: {one_line(error)}"
        ) from error
    # Each batch contains all labelled states.
    batches = tf.data.Dataset.from_tensors((states[:LABELLED], labels[:LABELLED])).repeat()
    classifiers = [by_energy, plain_classifier()]
    for model in classifiers:
        model.compile(keras.optimizers.Adam(0.05), "binary_crossentropy", metrics=["accuracy"])
        model.fit(batches, steps_per_epoch=settings.steps, shuffle=False, verbose=0)
        _, accuracy = model.evaluate(states[LABELLED:], labels[LABELLED:], batch_size=TEST, verbose=0)
        trained = sum(int(np.prod(v.shape)) for v in model.trainable_variables)
        write(f"{model.name:10}{trained:5} trained weights, accuracy {accuracy:.3f} of {TEST} other readings\n")
    draw(settings.figure_path, classifiers, states[:LABELLED], labels[:LABELLED])
    with tempfile.TemporaryDirectory() as temporary:
        # A `.keras` file would only refer to the folder of the export, which safe mode refuses.
        whole = str(pathlib.Path(temporary) / "classifier")
        by_energy.export(whole, verbose=False)
        again = tf.saved_model.load(whole)  # the module must be kept, because `serve` alone loses its variables
        difference = np.abs(again.serve(states) - by_energy.predict(states, verbose=0)).max()
    write(f"saved as a whole by model.export, and loaded again: the same to {difference:.1e}\n{settings.figure_path}\n")


if __name__ == "__main__":
    flags.DEFINE_string("saved_model", None, "A version folder of an exported model of the pendulum.", required=True)
    flags.DEFINE_integer("steps", 500, "The number of training steps.", lower_bound=1)
    flags.DEFINE_string("figure_path", "classify_by_energy.png", "The figure to write.")
    command_line.run(_main, usage=__doc__)
