"""How far the loss of a single step jumps at the end of a training: Adam at a constant rate never comes to rest.

python -m benchmarks.loss_jumps --data_path=invar_datasets.zip  (two minutes a seed)

Another processor's rounding moves the steps at which the loss jumps, so the last step's loss may be in a jump there.
`docs/results/loss_jumps.json` has, for each task, protocol and model, the largest and the least loss of the last 500
steps of the paper's training, divided by their median, of all seeds. tests/trainers/test_slow.py allows for them.
"""

import json
import pathlib
import sys

from absl import flags

from hnn_tf.commands import command_line
from trainers.tasks import TASKS

RESULTS = pathlib.Path(__file__).parent.parent / "docs" / "results" / "loss_jumps.json"
FIRST, LAST = 1500, 2000

# Task, protocol, flags that differ from the planar tasks'. A simulated task's training is the same in both protocols.
TRAININGS: tuple[tuple[str, str, dict[str, object]], ...] = (
    ("mass_spring", "both", {}),
    ("pendulum", "both", {}),
    ("real_pendulum", "paper", {"noise_std": 0.0, "weight_decay": 1e-5}),
    ("real_pendulum", "clean", {"noise_std": 0.0, "weight_decay": 0.0, "objective": "one_step"}),
)


def _main() -> None:
    with command_line.quiet_start():
        import numpy as np

        from benchmarks import objective_runs
        from hnn_tf.files.atomic_file import atomic_file
        from hnn_tf.training.training_loop import TrainingLoop
        from trainers import fitting

    found: dict[str, dict[str, dict[str, dict[str, float]]]] = {}
    for name, protocol, changes in TRAININGS:
        task = TASKS[name]
        for label in ("hnn", "baseline"):
            ratios = []
            for seed in range(flags.FLAGS.seeds):
                settings = objective_runs.settings_of("derivative", seed=seed, model=label, **changes)
                settings.data_path = flags.FLAGS.data_path
                data, model = task.load(settings), task.new_model(label, settings)
                objective = task.objective(settings)
                loop = TrainingLoop(
                    model, objective, fitting.optimizer(settings), data.train[objective.name], seed=seed
                )
                loop.run(FIRST)
                losses = np.array([loop.run(1) for _ in range(FIRST, LAST)])
                ratios.append(losses / np.median(losses))
            jumps = {"largest": float(np.max(ratios)), "least": float(np.min(ratios))}
            found.setdefault(name, {}).setdefault(protocol, {})[label] = jumps
            sys.stderr.write(f"{name}, {protocol}, {label}: {jumps['least']:.3f} to {jumps['largest']:.3f}\n")
    with atomic_file(RESULTS) as temporary:
        temporary.write_text(json.dumps({"seeds": flags.FLAGS.seeds, "jumps": found}, indent=1) + "\n")


if __name__ == "__main__":
    flags.DEFINE_integer("seeds", 2, "Seeds 0, 1, ...", lower_bound=1, upper_bound=1000)
    flags.DEFINE_string("data_path", None, "The real pendulum's record; downloaded if not given.")
    command_line.run(_main, usage=__doc__)
