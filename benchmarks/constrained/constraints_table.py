"""The measurements of models with constraints over several seeds, and their table."""

import functools
import json
import sys
import time
from typing import Any

from absl import flags

from benchmarks.constrained import chain_picture, closed_form, protocol
from benchmarks.documents import doc_section
from benchmarks.documents.folders import RESULTS
from benchmarks.documents.markdown_tables import number, spread, table
from benchmarks.trainings.kept import kept
from benchmarks.trainings.run_folder import runs_folder
from hnn_tf.files.atomic_file import atomic_file
from hnn_tf.input_error import InputError

PARTS = ("systems", "data", "noise")
_ALL = 800
_COUNTS = (10, 100, 10_000)
_NOISES = (1e-3, 1e-2)
_PUBLISHED_BY_COUNT = {10: (1.6e-2, 0.416), 100: (9.4e-4, 2.7e-2), 10_000: (2.7e-5, 1.9e-4)}
"""The published errors of the two pendulums by the number of chunks, of CHNN and of HNN in angles."""


def main() -> None:
    """Runs missing measurements, and writes `docs/results/constraints.json`, and table and picture of the page.

    Raises:
      InputError: If there is no such part.
    """
    settings = flags.FLAGS
    parts = PARTS if "all" in settings.parts else tuple(dict.fromkeys(settings.parts))
    unknown = [part for part in parts if part not in PARTS]
    if unknown:
        raise InputError(f"--parts: expected all or some of {', '.join(PARTS)}; received {', '.join(unknown)}")
    folder, began = runs_folder(settings.output_dir), time.monotonic()
    results: dict[str, Any] = {}
    for name, count, noise_std in cases(parts):
        key, documents = f"{name}-{count}-{noise_std:g}", []
        for seed in range(settings.seeds):
            measure = functools.partial(closed_form.measure, name, count, noise_std, seed)
            documents.append(kept(folder / f"{key}-{seed}.json", measure))
            sys.stderr.write(f"{key}, seed {seed}; {time.monotonic() - began:.0f} s\n")
        results[key] = {each: [document[each] for document in documents] for each in documents[0]}
    written = RESULTS / "constraints.json"
    if settings.update_docs:
        if written.exists():
            results = json.loads(written.read_text()) | results
        with atomic_file(written) as temporary:
            temporary.write_text(json.dumps(results, indent=1, allow_nan=False) + "\n")
        doc_section.replace(doc_section.CONSTRAINTS, "constraints", section(results))
        chain_picture.draw()
    sys.stdout.write(section(results))


def cases(parts: tuple[str, ...]) -> list[tuple[str, int, float]]:
    """Returns the system, the number of chunks and the noise of each measurement."""
    found: list[tuple[str, int, float]] = []
    if "systems" in parts:
        found += [(name, _ALL, 0.0) for name in protocol.SYSTEMS]
    if "data" in parts:
        found += [("chain_2", count, 0.0) for count in _COUNTS]
    if "noise" in parts:
        found += [(name, _ALL, noise_std) for noise_std in _NOISES for name in protocol.SYSTEMS]
    return found


def section(results: dict[str, Any]) -> str:
    """Returns the tables, with medians over seeds (least - largest)."""
    head = ["system", "chunks", "noise", "closed form", "published CHNN", "ratio", "HNN in angles", "seconds"]
    rows = [head]
    for name, count, noise_std in cases(PARTS):
        found = results.get(f"{name}-{count}-{noise_std:g}")
        if found is None:
            continue
        published = _published(name, count) if not noise_std else None
        ours = sorted(found["error"])[len(found["error"]) // 2]
        rows.append(
            [
                protocol.SYSTEMS[name].title,
                f"{count}",
                f"{noise_std:g}",
                spread(found["error"]),
                number(published[0]) if published else "",
                number(published[0] / ours) if published else "",
                number(published[1]) if published else "",
                spread(found["seconds"]),
            ]
        )
    return table(rows, labels=1)


def _published(name: str, count: int) -> tuple[float, float]:
    if count != _ALL:
        return _PUBLISHED_BY_COUNT[count]
    published = protocol.SYSTEMS[name].published
    return published["CHNN"], published["HNN"]
