"""What a model is trained and judged on: an objective's columns of recordings."""

import dataclasses
from typing import Any, Self

from hnn_tf.data.estimated_derivatives import with_estimated_derivatives
from hnn_tf.data.recordings import Recordings
from hnn_tf.input_error import InputError, OptionError
from hnn_tf.objectives import Objective
from hnn_tf.training.training_options import TrainingOptions
from hnn_tf.typing import Samples


@dataclasses.dataclass(frozen=True)
class TrainingSet:
    """Samples of three parts of the recordings, which share none.

    Attributes:
      objective: Whose columns they are.
      train: To learn from.
      validation: To choose the best weights on; None if none are held out for it.
      test: Never looked at before the training has ended.
      angles: Indices of the positions that are angles in rad.
    """

    objective: Objective
    train: Samples
    validation: Samples | None
    test: Samples
    angles: tuple[int, ...]

    @classmethod
    def of(
        cls, recordings: Any, *, test: Any, objective: Objective, options: TrainingOptions, derivatives: str | None
    ) -> Self:
        """The samples of recordings, the last of which are held out for validation if the options say so.

        Args:
          recordings: `hnn_tf.data.Recordings`, or `FrameRecordings`, to learn from.
          test: Others.
          objective: Makes the columns.
          options: Those of the training.
          derivatives: The estimator of the derivatives by name; those of the recordings when not given.

        Raises:
          OptionError: If a part would be empty, or a batch larger than the set.
          InputError: If the objective can't make its columns.
        """
        parts = {"train": recordings, "test": test}
        if options.validation_fraction:
            parts["train"], parts["validation"] = _held_out(recordings, options.validation_fraction)
        if derivatives:  # of each part by itself: an estimate depends on the readings beside it
            parts = {
                name: with_estimated_derivatives(part, derivatives, denoise=objective.matches_at_states)
                for name, part in parts.items()
            }
        samples = {name: objective.samples_of(part) for name, part in parts.items()}
        train = samples["train"]
        if options.batch_size > num_samples(train):
            raise OptionError(
                f"{{batch_size}}: expected at most the {num_samples(train)} training samples; give a smaller number, "
                "or 0 to take all samples",
                batch_size=options.batch_size,
            )
        return cls(objective, train, samples.get("validation"), samples["test"], tuple(recordings.angles))


def num_samples(samples: Samples) -> int:
    """How many samples there are."""
    return len(next(iter(samples.values())))


def _held_out(recordings: Any, fraction: float) -> tuple[Any, Any]:
    try:
        return recordings.hold_out(fraction)
    except InputError as error:
        single = isinstance(recordings, Recordings) and len(recordings) == 1
        count, unit = (len(recordings[0]), "readings") if single else (len(recordings), "trajectories")
        raise OptionError(
            f"{{validation_fraction}}: expected a split of {count} training {unit} with no part empty; give "
            "another fraction, or 0 to hold none out",
            validation_fraction=fraction,
        ) from error
