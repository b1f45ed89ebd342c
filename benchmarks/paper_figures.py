"""Draws our counterparts of the paper's figures, of the models that benchmarks.paper_table trained.

python -m benchmarks.paper_figures --data_path=invar_datasets.zip
"""

import pathlib
import sys

from absl import flags

from hnn_tf.commands import command_line

ROOT = pathlib.Path(__file__).parent.parent
IMAGES = ROOT / "docs" / "images" / "paper"


def _main() -> None:
    with command_line.quiet_start():
        import tensorflow as tf

        tf.config.list_logical_devices()  # finds the devices now, while their messages are held back
        from benchmarks import frame_figures, orbit_figures, paper_table, planar_figures
        from benchmarks.trained_models import TrainedRun

    settings = flags.FLAGS
    runs = pathlib.Path(settings.runs) if settings.runs else paper_table.runs_folder("runs/paper_table")

    def run(task: str, protocol: str) -> TrainedRun:
        path = paper_table.run_folder(runs, task, "hnn", protocol, settings.seed)
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


if __name__ == "__main__":
    flags.DEFINE_string("runs", None, "Folder of the runs; that of the present code in runs/paper_table if not given.")
    flags.DEFINE_integer("seed", 0, "Training seed of the models that are drawn.", lower_bound=0)
    flags.DEFINE_string("data_path", None, "The real pendulum's record; downloaded when not given.")
    flags.DEFINE_string("output_dir", str(IMAGES), "Where the figures go.")
    command_line.run(_main, usage=__doc__)
