"""The samples on which a model is trained and measured: an objective's columns, made from recordings."""

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
    """The samples of three separate parts of the recordings.

    Attributes:
      objective: The objective whose columns these are.
      train: The samples to learn from.
      validation: The samples by which the best weights are chosen; None if none are held out.
      test: The samples on which the trained model is measured. They are not used before the training has ended.
      angles: The indices of the positions that are angles in rad.
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
        """Returns the samples of recordings. With a `validation_fraction`, the last recordings are held out.

        Args:
          recordings: The recordings to learn from, `hnn_tf.data.Recordings` or `FrameRecordings`.
          test: The recordings on which the trained model is measured.
          objective: The objective, which makes the columns.
          options: The options of the training.
          derivatives: The name of the estimator of the time derivatives; with None, the recordings' own time
            derivatives are used.

        Raises:
          OptionError: If a part would be empty, or a batch would be larger than the set.
          InputError: If the objective cannot make its columns.
        """
        parts = {"train": recordings, "test": test}
        if options.validation_fraction:
            parts["train"], parts["validation"] = _held_out(recordings, options.validation_fraction)
        if derivatives:  # for each part separately, because an estimate depends on the neighbouring readings
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
    """Returns the number of samples."""
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
