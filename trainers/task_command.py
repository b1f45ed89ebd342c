"""The command of a task: its flags, and the call of its run.

Imports nothing heavy, so that `--help` answers at once.
"""

from typing import Any

from hnn_tf.commands import command_line
from trainers import option_flags, trainer_options
from trainers.tasks.data_options import DataOptions
from trainers.trainer_options import TrainerOptions


def run(task: str, data: type[DataOptions], *, usage: str, **defaults: Any) -> None:
    """Runs a task with the flags of the command line; `command_line.run` describes how errors end.

    Args:
      task: The name of the task.
      data: The class of the task's own options.
      usage: A description of the command.
      **defaults: The defaults of flags that differ from those of the options. None means that the protocol sets the
        value.
    """
    defaults = {"output_dir": f"runs/{task}"} | defaults
    for options in trainer_options.classes(data):
        option_flags.define(options, defaults)

    def main() -> None:
        flags = command_line.own_flags()
        TrainerOptions.of(flags, data)  # refuses incompatible options before anything heavy is imported
        command_line.found("trainers.run:main")(task, flags)

    command_line.run(main, usage=usage)
