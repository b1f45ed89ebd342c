"""Learns the scale and offset of an unknown sensor from its readings alone, with a trained model behind the sensor.

python examples/embedding/calibrate_sensors.py --model_path=runs/pendulum/model.keras

The readings have no unit and no zero. Only with the right scale and offset do they move like the learned pendulum. For
this reason, Keras' own `fit(readings, next_readings)` through the model finds scale and offset, and leaves the model
unchanged.
"""

import pathlib
import sys
import tempfile

import keras
import numpy as np
import tensorflow as tf
from absl import flags

from hnn_tf import data, rollout, systems
from hnn_tf.commands import command_line
from hnn_tf.export import load_model

SCALE, OFFSET = (0.7, 1.4), (0.3, -0.2)
"""The scale and offset of the true sensor: state = scale * reading + offset."""
TIME_STEP, NUM_STEPS = 0.3, 6
NOISE = 0.01


@keras.saving.register_keras_serializable(package="calibrate_sensors")
class CalibratedDynamics(keras.Model):
    """The motion of an unknown sensor's readings, through states of a frozen model."""

    def __init__(self, dynamics: keras.Model, **kwargs) -> None:
        super().__init__(**kwargs)
        self.dynamics = dynamics
        self.dynamics.trainable = False

    def build(self, input_shape) -> None:
        """Creates the sensor's weights, with a scale of 1 and an offset of 0."""
        width = input_shape[-1]
        self.log_scale = self.add_weight(name="log_scale", shape=(width,), initializer="zeros")
        self.offset = self.add_weight(name="offset", shape=(width,), initializer="zeros")
        if not self.dynamics.built:
            self.dynamics.build(input_shape)

    def call(self, readings):
        """Returns the readings [B, 2n] one time step after the given readings [B, 2n]."""
        scale = tf.exp(self.log_scale)  # positive, because a mirrored pendulum is also a pendulum
        path = rollout(
            self.dynamics, scale * readings + self.offset, step_size=TIME_STEP / NUM_STEPS, num_steps=NUM_STEPS
        )
        return (path[:, -1] - self.offset) / scale

    def get_config(self):
        """Returns the constructor's arguments, with the model serialized."""
        return super().get_config() | {"dynamics": keras.saving.serialize_keras_object(self.dynamics)}

    @classmethod
    def from_config(cls, config):
        """Returns the model of a configuration from `get_config`."""
        return cls(**(config | {"dynamics": keras.saving.deserialize_keras_object(config["dynamics"])}))


def _main() -> None:
    settings, write = flags.FLAGS, sys.stdout.write
    model = load_model(settings.model_path, width=2, dtype="float32")
    keras.utils.set_random_seed(0)
    rng = np.random.default_rng(0)
    starts = data.sample_on_radius(rng, 40, radius=(1.3, 2.3))
    trajectories = data.generate_trajectories(systems.Pendulum(), starts, np.arange(11) * TIME_STEP)
    readings = (trajectories.states - OFFSET) / SCALE
    readings = data.add_gaussian_noise(readings, rng, std=NOISE).astype("float32")
    now, following = (part.reshape(-1, 2) for part in (readings[:, :-1], readings[:, 1:]))

    composite = CalibratedDynamics(model, name="calibrated")
    composite.build(now.shape)
    composite.compile(keras.optimizers.Adam(0.02), "mse")

    def report(when: str) -> None:
        scale, offset = np.exp(composite.log_scale.numpy()), composite.offset.numpy()
        loss = composite.evaluate(now, following, batch_size=len(now), verbose=0)
        write(f"{when:8}scale {scale[0]:.3f} {scale[1]:.3f}   offset {offset[0]:+.3f} {offset[1]:+.3f}   ")
        write(f"rms of the next reading's error {loss**0.5:.4f}\n")

    write(f"{'true':8}scale {SCALE[0]:.3f} {SCALE[1]:.3f}   offset {OFFSET[0]:+.3f} {OFFSET[1]:+.3f}   ")
    write(f"rms of its noise {NOISE}\n")
    report("before")
    batches = tf.data.Dataset.from_tensors((now, following)).repeat()  # each batch contains all of them
    composite.fit(batches, steps_per_epoch=settings.steps, shuffle=False, verbose=0)
    report("after")
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "calibrated.keras"
        composite.save(path)
        again = keras.saving.load_model(path)
        same = np.array_equal(again.predict(now, verbose=0), composite.predict(now, verbose=0))
        weights = len(again.trainable_variables)
    write(f"saved and loaded: {'the same answers' if same else 'OTHER ANSWERS'}, {weights} trainable variables\n")


if __name__ == "__main__":
    flags.DEFINE_string("model_path", None, "The model.keras of a run of trainers.pendulum.", required=True)
    flags.DEFINE_integer("steps", 250, "The number of training steps.", lower_bound=1)
    command_line.run(_main, usage=__doc__)
