"""The command of a task: its flags, and what runs. Imports nothing heavy, so that `--help` answers at once."""

from typing import Any

from hnn_tf.commands import command_line
from trainers import option_flags, trainer_options
from trainers.tasks.data_options import DataOptions
from trainers.trainer_options import TrainerOptions


def run(task: str, data: type[DataOptions], *, usage: str, **defaults: Any) -> None:
    """Runs a task by the flags of the command line; see `command_line.run` for how errors end.

    Args:
      task: Its name.
      data: Class of its own options.
      usage: What the command does.
      **defaults: Of its flags, where they differ from those of the options; None leaves them to the protocol.
    """
    defaults = {"output_dir": f"runs/{task}"} | defaults
    for options in trainer_options.classes(data):
        option_flags.define(options, defaults)

    def main() -> None:
        flags = command_line.own_flags()
        TrainerOptions.of(flags, data)  # refuses what can't be together before anything heavy is imported
        command_line.found("trainers.run:main")(task, flags)

    command_line.run(main, usage=usage)
