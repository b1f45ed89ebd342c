"""Options of the tasks' data. Imports nothing heavy."""

import dataclasses

from hnn_tf.commands.number_flags import MOST_WEIGHT
from hnn_tf.input_interpolation import INTERPOLATIONS
from hnn_tf.options import Options, option


@dataclasses.dataclass(frozen=True)
class DataOptions(Options):
    """Options of every task's data."""

    # The states of all tasks are below 10.
    noise_std: float = option(
        0.0, "The standard deviation of the Gaussian noise on the observed states.", least=0.0, most=100.0
    )


@dataclasses.dataclass(frozen=True)
class CachedDataOptions(DataOptions):
    """Options of data whose simulation takes some time."""

    cache_dir: str | None = option(
        None, "The folder that keeps simulated data for other runs; by default, nothing is kept.", of_the_model=False
    )


@dataclasses.dataclass(frozen=True)
class RecordOptions(DataOptions):
    """Options of the measured pendulum."""

    data_path: str | None = option(
        None,
        "The path of the record: invar_datasets.zip, its folder, or real_pend_h_1.txt. By default, the record is "
        "downloaded.",
    )


@dataclasses.dataclass(frozen=True)
class FrameOptions(CachedDataOptions):
    """Options of frames, and of the model of frames."""

    noise_std: float = option(
        0.0,
        "The standard deviation of the Gaussian noise on the pixels of the frames, whose values are from 0 to 0.5.",
        least=0.0,
        most=100.0,
    )
    renderer: str = option(
        "numpy",
        "The program that draws the frames. gymnasium takes minutes, and needs pip install '.[gymnasium]' in the "
        "repository.",
        choices=("gymnasium", "numpy"),
    )
    # The pictures of a swing take about 3 MB.
    num_trajectories: int = option(200, "The number of swings, of which a fifth is held out.", least=2, most=2000)
    autoencoder_units: int = option(200, "The width of the autoencoder's hidden layers.", least=1, most=2000)
    canonical_weight: float = option(
        1.0, "The weight of the loss that makes the momentum a velocity.", least=0.0, most=MOST_WEIGHT
    )
    motion_weight: float = option(0.1, "The weight of the loss of the latent motion.", least=0.0, most=MOST_WEIGHT)


@dataclasses.dataclass(frozen=True)
class ArmOptions(DataOptions):
    """Options of the arm's motions."""

    noise_std: float = option(
        0.0,
        "The standard deviation of the Gaussian noise on the torques of the training, in N m.",
        least=0.0,
        most=100.0,
    )
    data_path: str | None = option(
        None, "The path of characters.npz, which has the motions and torques of the arm. It must be given."
    )


@dataclasses.dataclass(frozen=True)
class DrivenOptions(DataOptions):
    """Options of the pendulum with friction and a motor."""

    noise_std: float = option(
        0.02,
        "The standard deviation of the Gaussian noise on the angles, in rad, and on the momenta, in kg m²/s.",
        least=0.0,
        most=100.0,
    )
    # The largest coefficient already stops the pendulum within one interval between two readings.
    damping: float = option(0.1, "The true coefficient of friction, in N m s.", least=0.0, most=10.0)
    input_interpolation: str = option(
        "zero_order_hold",
        "The torque between two readings. zero_order_hold holds the torque of a reading until the next reading, and "
        "linear changes it linearly.",
        choices=INTERPOLATIONS,
    )


@dataclasses.dataclass(frozen=True)
class LatticeOptions(DataOptions):
    """Options of the lattice of springs."""

    num_bodies: int = option(
        8,
        "The number of bodies of the training. The lattice has as many rows as possible, but not more than columns. A "
        "prime number is a chain.",
        least=2,
        most=100,
    )
    transfer_bodies: tuple[int, ...] = option(
        (),
        "The numbers of bodies, for example 16,64, of the lattices to which the trained model is applied without "
        "training, to measure its errors there. By default, there are none.",
        least=2,
        most=1024,
    )
