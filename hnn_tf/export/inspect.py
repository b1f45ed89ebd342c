"""A description of an exported model, and checks that it can be served and answers as at the time of the export."""

import sys
from collections.abc import Mapping
from typing import Any

from absl import flags

from hnn_tf.commands.printable_text import write_lines
from hnn_tf.export import model_card, saved_model, self_test, serving_constraints, versions
from hnn_tf.input_error import InputError, one_line


def main() -> None:
    """Prints the card and the signatures of `--saved_model`, and checks the model.

    Raises:
      InputError: If something is wrong with the model.
    """
    folder = versions.latest(flags.FLAGS.saved_model)
    graph = serving_constraints.parsed(folder)
    card = model_card.read(folder)
    write_lines([str(folder), *_described(card)])
    write_lines(["signatures:", *(f"  {line}" for line in saved_model.describe(folder))])
    sys.stdout.flush()
    # An incomplete copy is not loaded.
    problems = model_card.changed_files(folder, card) or serving_constraints.violations(folder)
    known = model_card.reference_points(card)
    missing = [name for name in serving_constraints.signature_defs(graph) if name not in known]
    problems += [f"{name}: the card has no reference point of this signature" for name in missing]
    if problems:
        more = f"; and {len(problems) - _MOST_PROBLEMS} more" if len(problems) > _MOST_PROBLEMS else ""
        named = "; ".join(map(one_line, problems[:_MOST_PROBLEMS]))
        raise InputError(f"{folder}: {named}{more}; copy or export the model again")
    found, tolerance = self_test.differences(folder, card), self_test.TOLERANCE[card["dtype"]]
    for name, difference in found.items():
        if not difference <= tolerance:
            raise InputError(
                f"{folder}: {name} differs by {difference:.1e} from the answer at the export; expected at most "
                f"{tolerance:.0e}; export the model again with the TensorFlow that serves the model"
            )
    write_lines(
        [
            "checks:",
            f"  {len(card['files'])} files as they were exported",
            "  nothing that a server refuses",
            f"  {len(found)} signatures answer as at the export (largest difference {max(found.values()):.1e})",
        ]
    )


def _described(card: Mapping[str, Any]) -> list[str]:
    """Describes the card in lines. Unknown values are left out."""
    lines = [f"  {card['model']} {card['name']}: {card['parameters']} weights, {card['dtype']}"]
    state, training = card["state"], card["training"]
    if card["system"]:
        lines.append(f"  system: {card['system']}")
    if state:
        names = ", ".join(map(_with_unit, state["names"], state["units"]))
        units = [f"{what} in {state[unit]}" for what, unit in _UNITS.items() if state[unit]]
        lines.append(f"  state: {'; '.join([names, *units])}")
        if "layout" in state:  # only systems of bodies have a layout
            lines.append(f"  layout: {state['layout']}")
    if card["inputs"]:
        lines.append(f"  inputs: {_inputs(card['inputs'])}")
    if card["system_parameters"]:
        lines.append(f"  parameters: {_parameters(card['system_parameters'])}")
    if training:
        lines.append(
            f"  trained: objective {training['objective']}, protocol {training['protocol']}, seed {training['seed']}, "
            f"{training['steps']} steps"
        )
        if training["data"]:
            lines.append(f"  data: {training['data']['samples']} samples, SHA-256 {training['data']['sha256']}")
    if card["metrics"]:
        lines += ["  metrics:", *(f"    {name}: {value:.3e}" for name, value in card["metrics"].items())]
    rollout = card["rollout"]
    step = f"{rollout['substeps']} steps between two times"
    if rollout["max_step_size"]:
        step = f"steps of at most {rollout['max_step_size']}"
    if rollout["max_steps"]:
        step += f", at most {rollout['max_steps']} a call"
    if rollout["input_interpolation"]:
        step += f", inputs {rollout['input_interpolation']}"
    versions = ", ".join(f"{name} {version}" for name, version in card["versions"].items())
    return [
        *lines,
        f"  rollout: {rollout['integrator']}, {step}",
        f"  licence: {card['licence'] or 'not stated'}",
        f"  exported by: {versions}",
    ]


_MOST_PROBLEMS = 5
"""The largest number of problems that the error's line names. There may be as many problems as files."""

_UNITS = {"time": "time_unit", "energy": "energy_unit"}


def _inputs(inputs: Mapping[str, Any]) -> str:
    names, units = inputs["names"] or [], inputs["units"] or [""] * inputs["number"]
    return ": ".join([str(inputs["number"]), *filter(None, [", ".join(map(_with_unit, names, units))])])


def _parameters(parameters: Mapping[str, Any]) -> str:
    ranges = [f"from {low:g} to {high:g}" for low, high in parameters["ranges"] or []]
    return "; ".join([_inputs(parameters), *([f"trained {', '.join(ranges)}"] if ranges else [])])


def _with_unit(name: str, unit: str) -> str:
    return f"{name} ({unit})" if unit else name
