"""The measurements of fits of own tables, and their table."""

import functools
import json
import sys
import time
from collections.abc import Callable
from typing import Any

from absl import flags

from benchmarks.documents import doc_section
from benchmarks.documents.folders import RESULTS
from benchmarks.documents.markdown_tables import table
from benchmarks.measured import arm, large, records, swings
from benchmarks.trainings.kept import kept
from benchmarks.trainings.run_folder import runs_folder
from hnn_tf.files.atomic_file import atomic_file
from hnn_tf.input_error import InputError

PARTS = ("records", "swings", "units", "arm", "fast", "large")
_ROWS = 10_000_000

Numbers = dict[str, float]


def main() -> None:
    """Runs missing measurements, and writes `docs/results/own_data.json` and the table in `docs/own_data.md`.

    Raises:
      InputError: If there is no such part, or a part lacks its file.
    """
    settings = flags.FLAGS
    parts = PARTS if "all" in settings.parts else tuple(settings.parts)
    unknown = [part for part in parts if part not in PARTS]
    if unknown:
        raise InputError(f"--parts: expected all or some of {', '.join(PARTS)}; received {unknown[0]}")
    for part, name in (("records", "data_path"), ("arm", "arm_path")):
        if part in parts and not getattr(settings, name):
            raise InputError(f"--{name}: expected the file that part {part} needs; give it, or other --parts")
    folder, began = runs_folder(settings.output_dir), time.monotonic()
    results: dict[str, Any] = {}
    for name, measure in _measurements(settings, parts).items():
        results[name] = kept(folder / f"{name}.json", measure)
        sys.stderr.write(f"{name}; {time.monotonic() - began:.0f} s\n")
    written = RESULTS / "own_data.json"
    if settings.update_docs:
        if written.exists():
            results = json.loads(written.read_text()) | results
        with atomic_file(written) as temporary:
            temporary.write_text(json.dumps(results, indent=1, allow_nan=False) + "\n")
        doc_section.replace(doc_section.OWN_DATA, "own_data", section(results))
    sys.stdout.write(section(results))


def _measurements(settings: Any, parts: tuple[str, ...]) -> dict[str, Callable[[], Numbers]]:
    found: dict[str, Callable[[], Numbers]] = {}
    if "records" in parts:
        for name, measure in (("pendulum", records.pendulum), ("spring", records.spring)):
            for seen, with_velocity in (("with_velocity", True), ("alone", False)):
                found[f"{name}_{seen}"] = functools.partial(measure, settings.data_path, with_velocity=with_velocity)
    if "arm" in parts:
        found["arm"] = functools.partial(arm.arm, settings.arm_path)
    if "units" in parts:
        found["units"] = swings.units
    if "fast" in parts:
        found["fast"] = functools.partial(large.large, "csv", 10_000, rows_a_run=500, steps_a_row=100)
    if "large" in parts:
        found |= {f"large_{kind}": functools.partial(large.large, kind, _ROWS) for kind in ("parquet", "csv")}
    if "swings" in parts:
        for draw in range(settings.draws):
            found[f"degrees-{draw}"] = functools.partial(swings.degrees, draw)
            found[f"gaps-{draw}"] = functools.partial(swings.gaps, draw)
    return found


def section(results: dict[str, Numbers]) -> str:
    """Returns the table of what was measured."""
    rows = [["data", "measured", "value"]]
    for name, title in (("with_velocity", "angle and velocity"), ("alone", "angle alone")):
        found = results.get(f"pendulum_{name}")
        if found:
            title = f"measured pendulum, {title}"
            rows += [
                [title, "energy_mse of the held-out end, by the record's velocities", f"{found['energy_mse']:.3g}"],
                [title, "energy_mse, by the slopes of the record's angles", f"{found['energy_mse_of_slopes']:.3g}"],
                [title, "energy_mse between these two velocities themselves", f"{found['floor']:.3g}"],
                [title, "friction (95 % interval), 1/s", _friction(found)],
                [title, "baseline's squared error / model's", f"{found['baseline_ratio']:.3g}"],
            ]
    for name, title in (("with_velocity", "position and velocity"), ("alone", "position alone")):
        found = results.get(f"spring_{name}")
        if found:
            title = f"measured spring on an air track, {title}"
            rows += [
                [title, "forecast error / noise (root mean square)", f"{found['errors_of_noise']:.3g}"],
                [title, "friction (95 % interval), 1/s", _friction(found)],
                [title, "baseline's squared error / model's", f"{found['baseline_ratio']:.3g}"],
            ]
    for name, title in (("degrees", "simulated swings in degrees"), ("gaps", "simulated swings with gaps")):
        draws = [value for key, value in results.items() if key.startswith(f"{name}-")]
        if draws:
            covered = sum(each["covered"] for each in draws)
            bands = [each["band_coverage"] for each in draws]
            largest = max(each["relative_error"] for each in draws)
            rows += [
                [title, "draws whose interval covers the friction", f"{covered:.0f} of {len(draws)}"],
                [
                    title,
                    "largest error of the friction",
                    f"{100 * largest:.2g} %",
                ],
                [title, "held-out readings within 90 % bands", f"{100 * sum(bands) / len(bands):.1f} %"],
            ]
    if "arm" in results:
        rows.append(
            ["robot arm", "acceleration_mse of the test characters", f"{results['arm']['acceleration_mse']:.2g}"]
        )
    if "units" in results:
        rows.append(
            ["ms and degrees instead of s and rad", "largest difference", f"{results['units']['difference']:.1g}"]
        )
    if "fast" in results:
        found = results["fast"]
        rows.append(["10 000 rows in 20 runs, csv", "the whole run, peak memory", _cost(found)])
    for kind in ("parquet", "csv"):
        if f"large_{kind}" in results:
            found = results[f"large_{kind}"]
            rows.append([f"10 million rows, {kind}", "the whole run, peak memory", _cost(found)])
    return table(rows, labels=2)


def _cost(found: Numbers) -> str:
    return f"{found['seconds']:.0f} s, {found['peak_mb']:.0f} MB"


def _friction(found: Numbers) -> str:
    if not found["has_friction"]:
        return "none"
    return f"{found['friction']:.5f} ({found['friction_low']:.5f} – {found['friction_high']:.5f})"
