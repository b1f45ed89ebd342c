"""The known limits of the method, from the table's runs and a few more."""

import json
import pathlib
import subprocess
import sys
from typing import Any

from absl import flags

from benchmarks.documents import doc_section
from benchmarks.documents.folders import PAPER_IMAGES, RESULTS
from benchmarks.paper import limit_tables, long_rollouts
from benchmarks.trainings.run_folder import run_folder, runs_folder
from hnn_tf.commands import command_line
from hnn_tf.input_error import InputError

ABLATIONS = {
    "both auxiliary losses": None,
    "without the canonical loss": "--canonical_weight=0",
    "without the motion loss": "--motion_weight=0",
}
"""The variants of the pixel pendulum, with the flags that make them."""

COMPARED = ("paper_table.json", "torch_two_body.json", "torch_pixel_pendulum.json")
"""The sources of the page's other tables."""


def main() -> None:
    """Measures the limits, and writes the tables of `docs/known_limits.md`."""
    settings = flags.FLAGS
    # The files are read before the trainings, so that missing files are reported at once.
    table, *pytorch = (_results(RESULTS / name) for name in COMPARED)
    runs = pathlib.Path(settings.runs) if settings.runs else runs_folder("runs/paper_table")
    found: dict[str, list[dict[str, float]]] = {variant: [] for variant in ABLATIONS}
    shown: dict[str, Any] = {}
    for variant, flag in ABLATIONS.items():
        for seed in range(settings.seeds):
            path = run_folder(runs, "pixel_pendulum", "hnn", "clean", seed)
            if flag:
                path = _trained(runs / f"pixel_pendulum{flag.strip('-')}-{seed}", flag, seed, runs / "data")
            rollout = long_rollouts.follow(path)
            found[variant].append(rollout.metrics())
            if seed == 0:
                shown[variant] = rollout
            sys.stderr.write(f"{variant}, seed {seed}: {found[variant][-1]}\n")
    long_rollouts.draw(PAPER_IMAGES / "pixel_ablation.png", shown)
    text = json.dumps(found, indent=1, allow_nan=False) + "\n"
    (RESULTS / "pixel_ablation.json").write_text(text)
    for name, part in limit_tables.sections(table["metrics"], found, *pytorch).items():
        doc_section.replace(doc_section.LIMITS, name, part)


def _results(path: pathlib.Path) -> dict[str, Any]:
    if not path.exists():
        raise InputError(f"{path}: no such file; write the file by python -m benchmarks.{path.stem}")
    return json.loads(path.read_text())


def _trained(path: pathlib.Path, flag: str, seed: int, cache: pathlib.Path) -> pathlib.Path:
    if not (path / "metrics.json").exists():
        command = [sys.executable, "-m", "trainers.pixel_pendulum", "--flagfile=pixel_pendulum.flags", flag, "--resume"]
        command += [f"--seed={seed}", f"--output_dir={path}", f"--cache_dir={cache}"]
        command += ["--nofigures", "--nocompare_baseline", "--progress=none"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise command_line.TrainingFailedError(f"{' '.join(command)}: {done.stderr.strip()[-500:]}")
    return path
