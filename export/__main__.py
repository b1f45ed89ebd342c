"""Writes a trained model as the next SavedModel version of a folder that TensorFlow Serving serves.

python -m export --model_path=runs/pendulum/model.keras --export_dir=served/pendulum
"""

from absl import flags

from hnn_tf.commands import command_line, number_flags
from hnn_tf.integrators.registry import INTEGRATORS

if __name__ == "__main__":
    flags.DEFINE_string("model_path", None, "The trained model: a run's model.keras.", required=True)
    flags.DEFINE_string("export_dir", None, "The served folder; each version is a folder in it.", required=True)
    flags.DEFINE_integer(
        "version", None, "Version to write; the next free one when not given.", lower_bound=1, upper_bound=2**63 - 1
    )
    flags.DEFINE_enum("integrator", "rk4", sorted(INTEGRATORS), "Of the rollout signature.")
    number_flags.define(
        "max_step_size",
        None,
        "Longest integrator step of the rollout, in the system's time unit, > 0; when neither this nor --substeps is "
        "given, 0.05, or half a frame of a model that sees frames.",
        least=1e-6,
        most=1e6,
    )
    flags.DEFINE_integer(
        "substeps",
        None,
        "Instead of it: integrator steps between two of the rollout's times.",
        lower_bound=1,
        upper_bound=1_000_000,
    )
    flags.DEFINE_integer(
        "max_steps",
        None,
        "Most integrator steps of a call of the rollout in all, 10000 when not given; what would take more is NaN.",
        lower_bound=1,
        upper_bound=10_000_000,
    )
    flags.DEFINE_string("licence", None, "Of the model, for its card, as CC-BY-4.0; not stated if not given.")
    command_line.run("hnn_tf.export.export_command:main", usage=__doc__)
