"""Learns the motion of your own measurements: python -m trainers.own_data --data_path=FILES --time=t --positions=x."""

from hnn_tf.commands import command_line
from hnn_tf.data.measured.schema import Schema
from trainers import option_flags
from trainers.own_data_options import OwnDataOptions

USAGE = """python -m trainers.own_data --data_path=FILES --time=COLUMN --positions=COLUMN,... [--velocities=...]

Fits models to a table of measurements, chooses one by its forecasts of held-out readings, explains it, and writes the
model, its metrics, a report (report.html) and a report of the data (data_report.json). Without --time and --positions,
prints the columns of the files and a guess at the flags.
"""


def main() -> None:
    """Runs the trainer with the flags of the command line."""
    option_flags.define(OwnDataOptions)
    option_flags.define(Schema)
    command_line.run("trainers.own_data_run:main", usage=USAGE)


if __name__ == "__main__":
    main()
