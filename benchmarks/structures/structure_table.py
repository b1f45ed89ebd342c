"""The measurements of all structures over several seeds, and their table."""

import functools
import json
import math
import sys
import time
from statistics import median
from typing import Any

from absl import flags

from benchmarks.documents import doc_section
from benchmarks.documents.folders import RESULTS
from benchmarks.documents.markdown_tables import number, spread, table
from benchmarks.structures import (
    double_pendulum,
    driven_pendulum,
    mass_chain,
    n_body,
    pendulum,
    pendulum_family,
    spring_lattice,
    symoden_pendulum,
)
from benchmarks.structures.measurement import Line, Measurement
from benchmarks.trainings.kept import kept
from benchmarks.trainings.run_folder import runs_folder
from hnn_tf.files.atomic_file import atomic_file
from hnn_tf.input_error import InputError

MEASUREMENTS: dict[str, Measurement] = {
    "two_body": n_body.TWO_BODY,
    "three_body": n_body.THREE_BODY,
    "spring_lattice": spring_lattice.SPRING_LATTICE,
    "mass_chain": mass_chain.MASS_CHAIN,
    "pendulum": pendulum.PENDULUM,
    "pendulum_family": pendulum_family.PENDULUM_FAMILY,
    "symoden_pendulum": symoden_pendulum.SYMODEN_PENDULUM,
    "driven_pendulum": driven_pendulum.DRIVEN_PENDULUM,
    "double_pendulum": double_pendulum.NETWORK,
    "double_pendulum_closed_form": double_pendulum.CLOSED_FORM,
}

Numbers = dict[str, list[float | None]]
"""The numbers over seeds, by name. A number that is not finite is None."""


def main() -> None:
    """Runs missing measurements, and writes `docs/results/structure.json` and the table in `docs/structures.md`.

    Raises:
      InputError: If a task has no measurement.
    """
    settings = flags.FLAGS
    names = list(MEASUREMENTS) if "all" in settings.tasks else list(dict.fromkeys(settings.tasks))
    unknown = [name for name in names if name not in MEASUREMENTS]
    if unknown:
        raise InputError(f"--tasks: expected all or some of {', '.join(MEASUREMENTS)}; received {', '.join(unknown)}")
    folder, began = runs_folder(settings.output_dir), time.monotonic()
    results: dict[str, Numbers] = {}
    for name in names:
        documents = []
        for seed in range(MEASUREMENTS[name].seeds or settings.seeds):
            documents.append(kept(folder / f"{name}-{seed}.json", functools.partial(_measured, name, seed)))
            sys.stderr.write(f"{name}, seed {seed}; {time.monotonic() - began:.0f} s\n")
        results[name] = {key: [document[key] for document in documents] for key in documents[0]}
    written = RESULTS / "structure.json"
    if settings.update_docs:
        if written.exists():
            results = json.loads(written.read_text()) | results
        with atomic_file(written) as temporary:
            temporary.write_text(json.dumps(results, indent=1, allow_nan=False) + "\n")
        doc_section.replace(doc_section.STRUCTURES, "structure", section(results))
    sys.stdout.write(section(results))


def section(results: dict[str, Numbers]) -> str:
    """Returns the table, with medians over seeds (least - largest)."""
    rows = [["task", "number", "for comparison", "with the structure", "ratio", "published"]]
    for name, measurement in MEASUREMENTS.items():
        if name in results:
            rows += [_cells(measurement, line, results[name]) for line in measurement.lines]
    return table(rows, labels=2)


def _cells(measurement: Measurement, line: Line, found: Numbers) -> list[str]:
    own, plain = found[line.key], found[line.plain] if line.plain else None
    return [
        measurement.title,
        line.title,
        spread(plain) if plain else "",
        line.cell(own),
        number(_ratio(plain, own)) if plain else "",
        number(math.nan if line.published is None else line.published),
    ]


def _ratio(plain: list[float | None], own: list[float | None]) -> float:
    """Returns the median over seeds of the number for comparison, divided by the number with the structure."""
    ratios = [a / b for a, b in zip(plain, own, strict=True) if a is not None and b]
    return median(ratios) if ratios else math.nan


def _measured(name: str, seed: int) -> dict[str, Any]:
    """Returns the numbers of one seed, with None in place of numbers that are not finite."""
    found = MEASUREMENTS[name].measure(seed)
    return {key: float(value) if math.isfinite(value) else None for key, value in found.items()}
