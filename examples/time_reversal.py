"""Runs motions forward and back again, and measures the distance of their ends from their starts.

python examples/time_reversal.py [--model_path=runs/pendulum/model.keras]

An exact flow is invertible, so every motion returns to its start. A computed motion returns if the integrator is time
reversible and the field does not amplify the rounding errors on the way back.
"""

import sys

import tensorflow as tf
from absl import flags

from hnn_tf import InputError, evaluation, integrators, systems
from hnn_tf.commands import command_line
from hnn_tf.export import load_model

INTEGRATORS = ("leapfrog", "tao4", "implicit_midpoint", "rk4")
STEP_SIZE = 0.05
NUM_STEPS = 400
STARTS = ((1.5, 0.0), (-0.5, 1.0))
FRICTION, WIND = 2.0, 1.0

READING = """
A time-reversible integrator misses home by round-off, which is a property of its formulas; rk4 misses it by its own
error, in any precision. Only a field that keeps phase-space volume, as every Hamiltonian one does, leaves round-off
small: where friction draws motions together by e^-t, the way back blows it up by e^t. Over these 20 s that is 5e8, more
than float32's seven digits hold: there nothing is left of the start.
"""


def _main() -> None:
    pendulum = systems.Pendulum()

    def in_the_wind(state: tf.Tensor) -> tf.Tensor:
        # As a function, the field does not declare its friction, so that reversible integrators accept it for this
        # test.
        q, p = tf.split(state, 2, -1)
        return pendulum(state) + tf.concat([tf.zeros_like(q), WIND - FRICTION * p], -1)

    fields = {"pendulum": pendulum, "with friction, in the wind": in_the_wind}
    path = flags.FLAGS.model_path
    if path:
        fields["model"] = load_model(path, width=2 * pendulum.dof)

    def error(field, name: str, dtype: tf.DType) -> str:
        if getattr(field, "compute_dtype", dtype.name) != dtype.name:
            return "-"  # a model has its own precision
        starts = tf.constant(STARTS, dtype)
        try:
            distance = evaluation.return_error(field, starts, step_size=STEP_SIZE, num_steps=NUM_STEPS, integrator=name)
        except InputError:
            return "refused"
        return f"{distance:.1e}"

    write = sys.stdout.write
    write(f"distance from the start after {NUM_STEPS} steps of {STEP_SIZE} s forward and as many back\n\n")
    write(f"{'field':28}{'integrator':19}{'reversible':12}{'float64':>9}{'float32':>9}\n")
    for field_name, field in fields.items():
        for name in INTEGRATORS:
            if name == "tao4" and field is in_the_wind:
                continue  # tao4 assumes the field of a Hamiltonian, but this field has none
            reversible = "yes" if integrators.get(name).time_reversible else "no"
            errors = (error(field, name, dtype) for dtype in (tf.float64, tf.float32))
            write(f"{field_name:28}{name:19}{reversible:12}" + "".join(f"{text:>9}" for text in errors) + "\n")
    write(READING)


if __name__ == "__main__":
    flags.DEFINE_string("model_path", None, "A trained model of one degree of freedom, beside the true fields.")
    command_line.run(_main, usage=__doc__)
