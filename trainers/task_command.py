"""The command of a task: its flags, and the call of its run.

Imports nothing heavy, so that `--help` answers at once.
"""

from hnn_tf.commands import command_line
from trainers import option_flags
from trainers.tasks import TASK_OPTIONS


def run(task: str, *, usage: str) -> None:
    """Runs a task with the flags of the command line; `command_line.run` describes how errors end.

    Args:
      task: The name of the task, whose options and defaults are in `trainers.tasks.TASK_OPTIONS`.
      usage: A description of the command.
    """
    options = TASK_OPTIONS[task]
    for part in options.defaults.with_values({"output_dir": f"runs/{task}"}).parts():
        option_flags.define(part, set_later=options.set_by_protocols())

    def main() -> None:
        flags = command_line.own_flags()
        options.of(flags)  # refuses incompatible options before anything heavy is imported
        command_line.found("trainers.run:main")(task, flags)

    command_line.run(main, usage=usage)
