"""A table of how well every integrator keeps the structure of a model's motion."""

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
from absl import flags

from hnn_tf import InputError, NotSolvedError, evaluation
from hnn_tf.export.saved_model import load_model
from hnn_tf.integrators import INTEGRATORS
from hnn_tf.models.state_signatures import state_width


def of_integrators(field: Any, states: Any, step_size: float) -> dict[str, Any]:
    """Returns `evaluation.symplecticity` for every integrator that accepts the field, and the refusal of the others.

    Args:
      field: A model or a system.
      states: The states `[B, 2n]` at which it is measured.
      step_size: The size of all steps.
    """
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
    """Formats the result of `of_integrators` as a Markdown table, with the refusals in their own words.

    The energy slopes are the smallest and the largest in size over the initial states, with the state of each.

    Args:
      measured: The result for each integrator.
      starts: The names of the initial states, in their order.
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


def main() -> None:
    """Prints the table for the model of the flags."""
    settings = flags.FLAGS
    model = load_model(settings.model_path)
    states = np.random.default_rng(settings.seed).normal(size=[settings.states, state_width(model)])
    starts = [f"({', '.join(f'{number:.3g}' for number in state)})" for state in states]
    sys.stdout.write(table(of_integrators(model, states, settings.step_size), starts))
    sys.stdout.write(
        f"\nMeasured from {len(states)} initial states, whose numbers are normally distributed with mean 0 and "
        "standard deviation 1.\n"
    )
    if model.compute_dtype != "float64":
        sys.stdout.write(f"The model computes in {model.compute_dtype}, so the errors include rounding.\n")
