"""Counterparts of the paper's figures, from the models that benchmarks.paper_table trained."""

import pathlib
import sys

from absl import flags

from benchmarks.paper import frame_figures, orbit_figures, planar_figures
from benchmarks.trainings.run_folder import run_folder, runs_folder
from benchmarks.trainings.trained_models import TrainedRun


def main() -> None:
    """Draws all figures."""
    settings = flags.FLAGS
    runs = pathlib.Path(settings.runs) if settings.runs else runs_folder("runs/paper_table")

    def run(task: str, protocol: str) -> TrainedRun:
        path = run_folder(runs, task, "hnn", protocol, settings.seed)
        return TrainedRun(path, task, data_path=settings.data_path)

    folder = pathlib.Path(settings.output_dir)
    folder.mkdir(parents=True, exist_ok=True)
    spring, pendulum = run("mass_spring", "paper"), run("pendulum", "paper")
    planar_figures.draw_fields(folder / "figure_1_mass_spring.png", spring)
    planar_figures.draw_analysis(
        folder / "figure_2_analysis.png", spring, pendulum, run("real_pendulum", "paper"), settings.data_path
    )
    planar_figures.draw_real_pendulum(
        folder / "real_pendulum_energy.png",
        {protocol: run("real_pendulum", protocol) for protocol in ("paper", "clean")},
        settings.data_path,
    )
    for task in ("two_body", "three_body"):
        orbit_figures.draw(folder, task, run(task, "paper"))
    frame_figures.draw(folder, run("pixel_pendulum", "clean"), run("pixel_pendulum", "paper"))
    for path in sorted(folder.iterdir()):
        sys.stdout.write(f"{path}\n")
