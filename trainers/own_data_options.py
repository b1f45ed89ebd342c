"""Options of the trainer of own data. Imports nothing heavy."""

import dataclasses

from hnn_tf.models.registry import MODELS
from hnn_tf.objectives.registry import OBJECTIVES
from hnn_tf.options import Options, option
from hnn_tf.own_data.candidates import BUDGETS


@dataclasses.dataclass(frozen=True)
class OwnDataOptions(Options):
    """Options of a fit of measurements in files."""

    data_path: tuple[str, ...] = option(
        (),
        "The files of the measurements, separated by commas, for example 'runs/*.csv'. Text tables (CSV, TSV, also "
        "compressed by gzip), NPZ, HDF5 and Parquet are read.",
    )
    schema: str | None = option(
        None, "A JSON file with the roles of the columns, by the names of these flags. Flags override it."
    )
    model: str | None = option(
        None,
        "The model. By default, several are fitted, and the best one on held-out readings is taken.",
        choices=MODELS,
    )
    objective: str | None = option(
        None, "The objective by which --model is trained. By default, trajectories are matched.", choices=OBJECTIVES
    )
    budget: str = option(
        "fast",
        "The effort. fast tries closed forms, and takes up to a minute. normal also tries networks, and takes some "
        "minutes. thorough trains the networks longer, for up to an hour.",
        choices=BUDGETS,
    )
    horizon: float | None = option(
        None,
        "The time over which forecasts are compared with held-out readings. By default, ten periods, or the duration "
        "of a recording.",
        least=1e-30,
        most=1e30,
    )
    seed: int = option(0, "The seed of random features and of weights.", least=0, most=2**31 - 1)
    output_dir: str = option(
        "runs/own_data", "The folder of this run, which contains everything that the run writes.", of_the_model=False
    )
    resume: bool = option(False, "Continue the run in --output_dir, or begin it if there is none.", of_the_model=False)
    export: bool = option(False, "Write a SavedModel to <output_dir>/saved_model.", of_the_model=False)
    progress: str = option(
        "auto", "The display of the progress. none shows nothing.", choices=("auto", "none"), of_the_model=False
    )
