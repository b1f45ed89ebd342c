"""Measures what every integrator keeps of the structure of a trained model's motion, and prints it as a table.

python -m trainers.symplecticity --model_path=runs/pendulum/model.keras --step_size=0.05
"""

import sys
from collections.abc import Sequence
from typing import Any

from absl import flags

from hnn_tf.commands import command_line, number_flags


def of_integrators(field: Any, states: Any, step_size: float) -> dict[str, Any]:
    """`evaluation.symplecticity` of every integrator that takes the field; of the others, that they refuse it.

    Args:
      field: A model or a system.
      states: `[B, 2n]`, from which it is measured.
      step_size: Of all steps.
    """
    from hnn_tf import InputError, NotSolvedError, evaluation
    from hnn_tf.integrators import INTEGRATORS

    measured: dict[str, Any] = {}
    for name, method in INTEGRATORS.items():
        try:
            report = evaluation.symplecticity(field, states, step_size=step_size, integrator=method)
            measured[name] = report._asdict()
        except InputError:
            measured[name] = {"refused": "refuses: not separable" if method.requires_separable else "refuses"}
        except NotSolvedError:
            measured[name] = {"refused": "finds no solution at this step"}
        except ValueError as error:
            if "diverges" not in str(error):
                raise
            measured[name] = {"refused": "diverges at this step"}
    return measured


def table(measured: dict[str, Any], starts: Sequence[str]) -> str:
    """What `of_integrators` gives as a Markdown table; what a method refuses, in its words.

    Of the energy slopes, the smallest and the largest in size over the starting states, and from which each is.

    Args:
      measured: Of each integrator.
      starts: What the starting states are called, in their order.
    """
    lines = [
        "| integrator | symplectic defect | volume error | return error | smallest energy slope (95 % interval) "
        "| largest |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, values in measured.items():
        if "refused" in values:
            lines.append(f"| `{name}` | {values['refused']} | | | | |")
            continue
        columns = [f"{values[key]:.1e}" for key in ("symplectic_defect", "volume_error", "return_error")]
        if values["energy_slopes"]:
            slopes = sorted(zip(values["energy_slopes"], starts, strict=True), key=lambda pair: abs(pair[0][0]))
            columns += [_slope(*slopes[0]), _slope(*slopes[-1])]
        else:
            columns += ["no energy", "no energy"]
        lines.append(f"| `{name}` | {' | '.join(columns)} |")
    return "\n".join([*lines, ""])


def _slope(slope: tuple[float, float, float], start: str) -> str:
    value, low, high = slope
    return f"{value:.1e} ({low:.1e} – {high:.1e}) from {start}"


def _main() -> None:
    settings = flags.FLAGS
    with command_line.quiet_start():
        import numpy as np
        import tensorflow as tf

        tf.config.list_logical_devices()  # finds the devices now, while their messages are held back
        from hnn_tf.export.saved_model import load_model
        from hnn_tf.models.state_signatures import state_width

    model = load_model(settings.model_path)
    states = np.random.default_rng(settings.seed).normal(size=[settings.states, state_width(model)])
    starts = [f"({', '.join(f'{number:.3g}' for number in state)})" for state in states]
    sys.stdout.write(table(of_integrators(model, states, settings.step_size), starts))
    sys.stdout.write(f"\nFrom {len(states)} states, whose numbers are normally distributed about 0, deviation 1.\n")
    if model.compute_dtype != "float64":
        sys.stdout.write(f"The model computes in {model.compute_dtype}, so this is its round-off, too.\n")


if __name__ == "__main__":
    flags.DEFINE_string("model_path", None, "A run's model.keras.", required=True)
    number_flags.define("step_size", 0.1, "Of the steps, > 0.", least=1e-6, most=1e6)
    flags.DEFINE_integer("states", 4, "How many states to start from.", lower_bound=1, upper_bound=10_000)
    flags.DEFINE_integer("seed", 0, "Of these states.", lower_bound=0, upper_bound=2**31 - 1)
    command_line.run(_main, usage=__doc__)
