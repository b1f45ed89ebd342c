"""Where the tasks' data come from. Imports nothing heavy."""

import dataclasses

from hnn_tf.commands.number_flags import MOST_WEIGHT
from hnn_tf.options import Options, option


@dataclasses.dataclass(frozen=True)
class DataOptions(Options):
    """Options of every task's data."""

    # No task has states beyond 10.
    noise_std: float = option(0.0, "Gaussian noise added to the observed states.", least=0.0, most=100.0)


@dataclasses.dataclass(frozen=True)
class CachedDataOptions(DataOptions):
    """Of data that take a while to simulate."""

    cache_dir: str | None = option(
        None, "Folder that keeps simulated data for other runs; nothing is kept if not given.", of_the_model=False
    )


@dataclasses.dataclass(frozen=True)
class RecordOptions(DataOptions):
    """Of the measured pendulum."""

    data_path: str | None = option(
        None, "The record: invar_datasets.zip, its folder, or real_pend_h_1.txt; downloaded if not given."
    )


@dataclasses.dataclass(frozen=True)
class FrameOptions(CachedDataOptions):
    """Of pictures, and of the model that sees them."""

    renderer: str = option(
        "numpy", "Who draws: gymnasium needs the extra, and minutes.", choices=("gymnasium", "numpy")
    )
    # Of pictures that are some 3 MB a swing.
    num_trajectories: int = option(200, "Swings, a fifth of them held out.", least=2, most=2000)
    autoencoder_units: int = option(200, "Width of the autoencoder's hidden layers.", least=1, most=2000)
    canonical_weight: float = option(
        1.0, "Of the loss that makes the momentum a velocity.", least=0.0, most=MOST_WEIGHT
    )
    motion_weight: float = option(0.1, "Of the loss of the latent motion.", least=0.0, most=MOST_WEIGHT)
