"""Writes a trained model as the next SavedModel version of a folder that TensorFlow Serving serves.

python -m export --model_path=runs/pendulum/model.keras --export_dir=served/pendulum
"""

from absl import flags

from hnn_tf.commands import command_line, number_flags
from hnn_tf.input_interpolation import INTERPOLATIONS
from hnn_tf.integrators.registry import INTEGRATORS

if __name__ == "__main__":
    flags.DEFINE_string("model_path", None, "The file of the trained model: the model.keras of a run.", required=True)
    flags.DEFINE_string(
        "export_dir", None, "The served folder. Each version is a folder in the served folder.", required=True
    )
    flags.DEFINE_integer(
        "version",
        None,
        "The number of the version. By default, the next free number is taken.",
        lower_bound=1,
        upper_bound=2**63 - 1,
    )
    flags.DEFINE_enum("integrator", "rk4", sorted(INTEGRATORS), "The integrator of the signature rollout.")
    number_flags.define(
        "max_step_size",
        None,
        "The size of the longest integrator step of a rollout, in the system's unit of time. If neither this flag nor "
        "--substeps is given, the size is 0.05, or half a frame for a model that sees frames.",
        least=1e-6,
        most=1e6,
    )
    flags.DEFINE_integer(
        "substeps",
        None,
        "The number of integrator steps between two neighbouring times of a rollout, in place of --max_step_size.",
        lower_bound=1,
        upper_bound=1_000_000,
    )
    flags.DEFINE_integer(
        "max_steps",
        None,
        "The largest number of integrator steps of one rollout call in total. The answer is NaN at times that need "
        "more steps. By default, the number is 10000.",
        lower_bound=1,
        upper_bound=10_000_000,
    )
    flags.DEFINE_enum(
        "input_interpolation",
        None,
        INTERPOLATIONS,
        "The inputs of a rollout between two times, if the model has inputs. By default, the interpolation of the "
        "recordings on which the model was trained, if metrics.json names it, and otherwise zero_order_hold.",
    )
    flags.DEFINE_string(
        "licence",
        None,
        "The licence of the model for the model card, for example CC-BY-4.0. By default, the card names no licence.",
    )
    command_line.run("hnn_tf.export.export_command:main", usage=__doc__)
