"""The flags that all trainers share, defined once. Imports nothing heavy, so that `--help` answers at once."""

from absl import flags

from hnn_tf.commands import number_flags
from hnn_tf.derivative_estimators.registry import DERIVATIVE_ESTIMATORS
from hnn_tf.integrators.registry import INTEGRATORS
from hnn_tf.models.registry import MODELS
from hnn_tf.numerics.activations import ACTIVATIONS
from hnn_tf.objectives.registry import OBJECTIVES

PROTOCOLS = ("clean", "paper")

STARTED = ("trajectory", "combined")
"""Objectives that begin at a closed form, so that no step need follow."""

OPTIMIZERS = ("adam", "lbfgs")
SCHEDULES = ("constant", "cosine")

NOT_OF_THE_MODEL = (
    "cache_dir",
    "compare_baseline",
    "output_dir",
    "resume",
    "export",
    "figures",
    "tensorboard",
    "progress",
)
"""Flags that may differ between a run and its --resume: they don't change what is learned."""


def define(task: str, *, weight_decay: float | None, noise_std: float, steps: int = 2000, batch_size: int = 0) -> None:
    """Defines the shared flags with a task's defaults.

    Args:
      task: Name of the task, for the default output folder.
      weight_decay: Default coupled L2 coefficient; None leaves it to the protocol.
      noise_std: Default noise on the training states.
      steps: Default number of optimizer steps.
      batch_size: Default samples a step; 0 takes all.
    """
    flags.DEFINE_enum(
        "model",
        "hnn",
        sorted(MODELS),
        "The model: hnn learns H, hnn_friction also one coefficient of linear friction, hnn_dissipation a dissipation "
        "that depends on the state; baseline learns the derivative, second_order dp/dt.",
    )
    flags.DEFINE_bool("compare_baseline", False, "Also train a baseline in the same run and report it beside.")
    flags.DEFINE_enum("objective", None, sorted(OBJECTIVES), "What fits means; when not given, the protocol's own.")
    flags.DEFINE_enum(
        "derivatives",
        None,
        sorted(DERIVATIVE_ESTIMATORS),
        "Estimate the derivatives from the states by this; when not given, the task's own are used.",
    )
    flags.DEFINE_integer(
        "segments",
        0,
        "Of each trajectory, for trajectory and combined: rollouts begin anew in each; 0 takes some 40 observations.",
        lower_bound=0,
        upper_bound=1_000_000,
    )
    number_flags.define(
        "huber",
        0.0,
        "Noise deviations beyond which outliers count less; 0: squares.",
        least=0.01,  # nearly absolute errors
        most=1000.0,  # where no outlier is
        or_zero=True,
    )
    flags.DEFINE_integer(
        "growth_steps",
        0,
        "Steps over which rollouts grow to their whole length.",
        lower_bound=0,
        upper_bound=number_flags.MOST_STEPS,
    )
    flags.DEFINE_bool("time_reversible", False, "Of an HNN: H(q, p) = H(q, -p), as in mechanics without magnets.")
    flags.DEFINE_enum(
        "integrator", "rk4", sorted(INTEGRATORS), "For objectives that integrate, and for the exported rollout."
    )
    flags.DEFINE_integer(
        "substeps",
        None,
        "Integrator steps within each observed time step; when not given, enough for the data; of frames, 1.",
        lower_bound=1,
        upper_bound=1000,
    )
    flags.DEFINE_enum("protocol", "clean", PROTOCOLS, "Metrics: clean is ours, paper the published ones.")
    flags.DEFINE_integer(
        "steps",
        steps,
        "Optimizer steps; 0 stays at a closed form's start.",
        lower_bound=0,
        upper_bound=number_flags.MOST_STEPS,
    )
    flags.DEFINE_integer("batch_size", batch_size, "Samples a step; 0 takes all.", lower_bound=0, upper_bound=10**9)
    flags.DEFINE_enum("optimizer", "adam", OPTIMIZERS, "lbfgs: quasi-Newton steps, for full batches.")
    # What float32 holds.
    number_flags.define("learning_rate", 1e-3, "Adam's step size, > 0.", least=1e-30, most=1e30)
    flags.DEFINE_enum(
        "learning_rate_schedule", "constant", SCHEDULES, "cosine lets it fall to 0 over --steps, along half a cosine."
    )
    flags.DEFINE_bool("average_weights", False, "Take the weights' exponential average, over some 100 steps.")
    number_flags.define(
        "validation_fraction",
        0.0,
        "Of the training trajectories, held out to choose the best weights on; 0 takes the last ones.",
        least=0.0,
        most=1.0,
    )
    flags.DEFINE_integer(
        "patience",
        0,
        "Steps without a lower validation loss, looked at every 50, after which training stops; 0 takes all steps.",
        lower_bound=0,
        upper_bound=number_flags.MOST_STEPS,
    )
    own = "" if weight_decay is not None else "; when not given, the protocol's own"
    number_flags.define(
        "weight_decay",
        weight_decay,
        f"Coupled L2 coefficient, >= 0{own}.",
        least=0.0,
        most=number_flags.MOST_WEIGHT,
    )
    number_flags.define_widths("hidden_units", ["200", "200"], "Widths of the hidden layers, as 200,200.")
    flags.DEFINE_enum("activation", "tanh", sorted(ACTIVATIONS), "Activation of the hidden layers.")
    flags.DEFINE_enum("precision", "float32", ("float32", "float64"), "Of weights and arithmetic.")
    flags.DEFINE_integer("seed", 0, "Of data, weights and batches.", lower_bound=0, upper_bound=2**31 - 1)
    # No task has states beyond 10.
    number_flags.define("noise_std", noise_std, "Gaussian noise added to the observed states.", least=0.0, most=100.0)
    flags.DEFINE_string("output_dir", f"runs/{task}", "Folder of this run; all it writes is in it.")
    flags.DEFINE_bool("resume", False, "Continue the run in --output_dir (or begin it, if there is none).")
    flags.DEFINE_bool("export", False, "Write a SavedModel to <output_dir>/saved_model.")
    flags.DEFINE_bool("figures", True, "Draw the figures.")
    flags.DEFINE_bool(
        "tensorboard", False, "Write TensorBoard logs (needs the extra: pip install 'hnn_tf[tensorboard]')."
    )
    flags.DEFINE_enum("progress", "auto", ("auto", "none"), "A bar on a terminal, lines elsewhere; or none.")
    for name, neutral in (("batch_size", 0), ("average_weights", False), ("learning_rate_schedule", "constant")):
        flags.register_multi_flags_validator(
            ["optimizer", name],
            lambda values, name=name, neutral=neutral: values["optimizer"] != "lbfgs" or values[name] == neutral,
            message=f"--optimizer=lbfgs searches along lines over all samples; give --{name}={neutral}, or adam",
        )
    flags.register_multi_flags_validator(
        ["steps", "objective", "model"],
        lambda values: (
            values["steps"] or values["objective"] in STARTED or values["model"].startswith("random_features")
        ),
        message="--steps=0 leaves the model as it begins; give --steps=1 or more, or an objective that has a start",
    )
    flags.register_multi_flags_validator(
        ["patience", "validation_fraction"],
        lambda values: not values["patience"] or values["validation_fraction"] > 0,
        message="--patience needs trajectories to see an improvement on; give --validation_fraction=0.2, too",
    )


def define_cache() -> None:
    """Defines the flag of the tasks whose data take a while to simulate."""
    flags.DEFINE_string(
        "cache_dir", None, "Folder that keeps simulated data for other runs; nothing is kept if not given."
    )
