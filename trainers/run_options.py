"""Options of the files that a run writes and of its protocol. Imports nothing heavy."""

import dataclasses

from hnn_tf.options import Options, option

PROTOCOLS = ("clean", "paper")


@dataclasses.dataclass(frozen=True)
class RunOptions(Options):
    """Options of a run that do not change its data."""

    protocol: str = option(
        "clean",
        "How the model is measured. clean measures the error of the true energy from noise-free test states, and paper "
        "repeats the published metrics. The protocol also sets the defaults of --objective and --weight_decay of some "
        "tasks.",
        choices=PROTOCOLS,
    )
    compare_baseline: bool = option(
        False,
        "Also train the models for comparison in the same run, and report their metrics, too. In most tasks, this is "
        "one baseline.",
        of_the_model=False,
    )
    output_dir: str = option(
        "", "The folder of this run, which contains everything that the run writes.", of_the_model=False
    )
    resume: bool = option(False, "Continue the run in --output_dir, or begin it if there is none.", of_the_model=False)
    export: bool = option(False, "Write a SavedModel to <output_dir>/saved_model.", of_the_model=False)
    figures: bool = option(True, "Draw the figures.", of_the_model=False)
    tensorboard: bool = option(
        False,
        "Write TensorBoard logs, which needs pip install '.[tensorboard]' in the repository.",
        of_the_model=False,
    )
    progress: str = option(
        "auto",
        "The display of the progress. auto shows a bar on a terminal, and lines elsewhere. none shows nothing.",
        choices=("auto", "none"),
        of_the_model=False,
    )
