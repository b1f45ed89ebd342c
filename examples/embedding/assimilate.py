"""Finds the initial state of a motion from noisy readings of the angle alone, by gradient descent through a rollout.

python examples/embedding/assimilate.py --model_path=runs/pendulum/model.keras

The program finds it twice: through `hnn_tf.rollout_at_times`, and through the `rollout` signature of an export of the
same model, which needs neither Keras nor hnn_tf. Only exports of explicit integrators have gradients.
"""

import sys
import tempfile

import keras
import numpy as np
import tensorflow as tf
from absl import flags

import hnn_tf
from hnn_tf.commands import command_line
from hnn_tf.export import export_model, load_model
from hnn_tf.figures import canvas, style

START = (1.4, 0.8)
READINGS, DURATION, NOISE = 40, 4.0, 0.1
MAX_STEP_SIZE = 0.1


def assimilate(trajectory, times, angles, first_guess, *, steps: int):
    """Fits an initial state to readings.

    Args:
      trajectory: A callable (state [1, 2], times [T]) -> states [1, T, 2].
      times: The times of the readings [T], of which the first is the time of the state.
      angles: The readings [T].
      first_guess: A state [2].
      steps: The number of steps of gradient descent.

    Returns:
      The state [2].
    """
    start = tf.Variable([first_guess], dtype=tf.float32)
    optimizer = keras.optimizers.Adam(0.1)
    optimizer.build([start])

    @tf.function
    def descend():
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(trajectory(start, times)[0, :, 0] - angles))
        optimizer.apply([tape.gradient(loss, start)])

    for _ in range(steps):
        descend()
    return start.numpy()[0]


def draw(path: str, times, angles, fine_times, motions) -> None:
    """Draws the angle of the readings [T] over time and, at the fine times, the angle of each motion, by label."""
    with canvas.png_figure(path, height=3.0) as figure:
        ax = figure.subplots()
        handles = [ax.plot(times, angles, "o", color=style.DATA_COLOUR, markersize=3.5, label="readings")[0]]
        for label, line in style.line_styles(motions).items():
            handles += ax.plot(fine_times, motions[label][:, 0], **line)
        ax.set(xlabel=style.axis_label("time", "s"), ylabel=style.axis_label("q", "rad"), title="Angle")
        canvas.legend_below(figure, handles)


def _main() -> None:
    settings, write = flags.FLAGS, sys.stdout.write
    model = load_model(settings.model_path, width=2, dtype="float32")
    rng = np.random.default_rng(0)
    times = np.sort(np.append(rng.uniform(0.0, DURATION, READINGS - 1), 0.0))
    fine_times = np.linspace(0.0, DURATION, 200)

    def true_motion(times):
        return hnn_tf.data.generate_trajectories(hnn_tf.systems.Pendulum(), np.array([START]), times).states[0]

    angles = (true_motion(times)[:, 0] + NOISE * rng.standard_normal(READINGS)).astype("float32")
    guess = np.array([angles[0], 0.0], "float32")  # the first reading is the angle, and the momentum is unknown

    def in_python(state, times):
        return hnn_tf.rollout_at_times(model, state, times, max_step_size=MAX_STEP_SIZE)

    with tempfile.TemporaryDirectory() as folder:
        version = export_model(model, folder, max_step_size=MAX_STEP_SIZE)
        exported = tf.saved_model.load(str(version))

    def through_the_export(state, times):
        # Eager tensors and variables are allowed. The export takes separate times for each state of the batch.
        times = tf.constant(times[None], tf.float32)
        return exported.signatures["rollout"](state=tf.convert_to_tensor(state), times=times)["trajectory"]

    motions = {"truth": true_motion(fine_times), "first guess": in_python(guess[None], fine_times)[0].numpy()}
    write(f"{'first guess':20}error of the initial state {np.linalg.norm(guess - START):.4f}\n")
    for label, trajectory in (("by hnn_tf", in_python), ("by the export", through_the_export)):
        found = assimilate(trajectory, times, angles, guess, steps=settings.steps)
        motions[label] = trajectory(found[None], fine_times)[0].numpy()
        write(f"{label:20}error of the initial state {np.linalg.norm(found - START):.4f}\n")
    draw(settings.figure_path, times, angles, fine_times, motions)
    write(f"{settings.figure_path}\n")


if __name__ == "__main__":
    flags.DEFINE_string("model_path", None, "The model.keras of a run of trainers.pendulum.", required=True)
    flags.DEFINE_integer("steps", 80, "The number of steps of gradient descent.", lower_bound=1)
    flags.DEFINE_string("figure_path", "assimilate.png", "The figure to write.")
    command_line.run(_main, usage=__doc__)
