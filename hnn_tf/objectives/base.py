"""The base class of all objectives."""

import abc
import dataclasses
from collections.abc import Callable
from typing import Any, ClassVar, Literal, Self

import numpy as np
import tensorflow as tf

from hnn_tf.data.recordings import Recordings
from hnn_tf.input_error import InputError, OptionError
from hnn_tf.integrators import Integrator
from hnn_tf.numerics.pieces import mean_in_pieces
from hnn_tf.objectives.objective_options import ObjectiveOptions
from hnn_tf.typing import Samples, VectorField

_OF_EVERY_OBJECTIVE = ("objective", "integrator")


class Objective(abc.ABC):
    """A measure of how well a model fits: a scalar loss of the model on samples.

    Attributes:
      name: The name of the objective, as in `--objective`.
      columns: The names of the sample columns that the loss reads.
      input_columns: The names of the columns of inputs and parameters, which the loss also reads if the recordings have
        some. An objective without the column `inputs` takes no inputs, and one without the column `parameters` takes no
        parameters.
      num_substeps: The number of integrator steps between two readings. An objective without an integrator has 1.
      learned_columns: The names of the columns that are only guesses at first. The training improves these columns
        together with the model's weights.
      is_sample_mean: Whether `loss` and `validation_loss` are means over samples with equal weights, where the term of
        each sample depends on the columns of this sample only. If so, the loss of many samples is computed in pieces of
        bounded memory. Otherwise, the loss is computed from all samples at once.
      takes: The names of the fields of `ObjectiveOptions` that the objective uses. `from_options` refuses the others.
      closed_form: The kind of the closed form that fits a Hamiltonian by this objective without gradient steps.
        "derivatives" and "weak" are one linear regression, without a model's friction. "trajectories" is a fit to whole
        trajectories, with or without friction. All three also find constant gains of inputs. "forces" is one linear
        regression for the mass matrix, the potential and the friction of a mechanical Hamiltonian. None means that
        there is no closed form.
      begins_at_closed_form: Whether the training of a network begins at the result of a closed form.
      has_loss_of_closed_form: Whether the closed form, if there is one, fits the loss of this objective's options. A
        closed form only fits squared errors over whole samples.
      integrator: The integrator of an objective that integrates; None for the others.
      steps_from_closed_form: The number of training steps that `hnn_tf.fit` takes after such a start by default.
      uses_derivatives: Whether the recordings need time derivatives.
      sees_frames: Whether the objective takes recordings of pictures, and models that see pictures.
      matches_at_states: Whether the objective compares derivatives at the observed states themselves. Derivatives that
        are estimated from noisy states then belong to the denoised states.
      sees_velocities: Whether the second half of the recordings' states are velocities, and not momenta.
      found: The names of the attributes that are found from the data before a training if they are not given.
    """

    name: ClassVar[str]
    columns: ClassVar[tuple[str, ...]]
    input_columns: ClassVar[tuple[str, ...]] = ()
    learned_columns: ClassVar[tuple[str, ...]] = ()
    is_sample_mean: bool = False
    num_substeps: int = 1
    takes: ClassVar[frozenset[str]] = frozenset()
    closed_form: ClassVar[Literal["derivatives", "weak", "trajectories", "forces"] | None] = None
    begins_at_closed_form: ClassVar[bool] = False
    has_loss_of_closed_form: bool = True
    integrator: Integrator | None = None
    steps_from_closed_form: ClassVar[int] = 0
    uses_derivatives: ClassVar[bool] = False
    sees_frames: ClassVar[bool] = False
    matches_at_states: ClassVar[bool] = False
    sees_velocities: ClassVar[bool] = False
    found: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def from_options(cls, options: ObjectiveOptions) -> Self:
        """Returns the objective for the given options.

        Raises:
          OptionError: If an option is set that this objective does not use.
        """
        for field in dataclasses.fields(options):
            given = getattr(options, field.name)
            needless = field.name not in (*_OF_EVERY_OBJECTIVE, *cls.takes)
            if needless and given != field.default:
                raise OptionError(
                    f"{{{field.name}}}: {{objective}} does not use this option; leave the option out, or take another "
                    "objective",
                    **{field.name: given, "objective": options.objective},
                )
        return cls(**cls.arguments(options))

    @classmethod
    def arguments(cls, options: ObjectiveOptions) -> dict[str, Any]:
        """Returns the constructor's arguments for the given options; by default none."""
        del options
        return {}

    def check(self, model: VectorField) -> None:
        """Refuses a model that the objective does not support; by default, every model is supported.

        Raises:
          InputError: If the objective does not support the model. The message has the reason.
        """
        del model

    def samples_of(self, recordings: Recordings) -> dict[str, np.ndarray]:
        """Makes this objective's columns from recordings.

        Raises:
          InputError: If the recordings lack something that the objective needs, or it cannot make its columns from
            recordings.
        """
        del recordings
        raise InputError(f"objective {self.name!r}: makes no samples from recordings; give the columns of samples")

    @abc.abstractmethod
    def loss(self, model: VectorField, samples: Samples) -> tf.Tensor:
        """Returns the scalar loss of a vector field on samples with (at least) the objective's columns."""

    def loss_at_step(self, model: VectorField, samples: Samples, step: tf.Tensor | None) -> tf.Tensor:
        """Returns the loss that training step `step` lowers; by default always `loss`.

        Steps are counted from 0. None stands for the loss after training.
        """
        del step
        return self.loss(model, samples)

    def __call__(self, observed: tf.Tensor, predicted: tf.Tensor) -> tf.Tensor:
        """Raises an error, because Keras calls a loss in this way, but has no columns for the objective.

        Raises:
          InputError: In every call.
        """
        del observed, predicted
        raise InputError(
            f"objective {self.name!r}: expected a call by hnn_tf.TrainingLoop, with columns of samples; received a "
            "call by Keras, with outputs and targets alone; in compile take loss='mse', which matches time derivatives"
        )

    def integration_error(self, model: VectorField, samples: Samples) -> float:
        """Returns the change of the fit with twice as many integrator steps, in standard errors. The default is 0."""
        del model, samples
        return 0.0

    def validation_loss(self, model: VectorField, samples: Samples) -> tf.Tensor:
        """Returns the loss by which model selection compares models on held-out samples; by default `loss`.

        An objective that can distinguish models better than by its loss overrides this method.
        """
        return self.loss(model, samples)

    def states_a_sample(self, samples: Samples) -> int:
        """Returns the number of states at which a model is called for each sample; by default 1.

        Samples are cut into pieces according to this number.
        """
        del samples
        return 1

    def columns_in(self, samples: Samples) -> tuple[str, ...]:
        """Returns the names of the columns that the loss reads: `columns`, and those of `input_columns` that exist."""
        return (*self.columns, *(name for name in self.input_columns if name in samples))

    def mean_loss(self, loss: Callable[[Samples], tf.Tensor], samples: Samples) -> float:
        """Returns a loss of all samples, computed in pieces if it `is_sample_mean`.

        For few samples, it is exactly the loss.

        Args:
          loss: A function from samples to a scalar: this objective's `loss` or `validation_loss` of a model, compiled
            or not.
          samples: The objective's columns, arrays or tensors `[N, ...]` of one length, which are cut along the first
            axis.
        """
        columns = {name: samples[name] for name in self.columns_in(samples)}
        if not self.is_sample_mean:
            return float(loss(columns))
        mean = mean_in_pieces(
            lambda piece: float(loss({name: column[piece] for name, column in columns.items()})),
            len(columns[self.columns[0]]),
            states_each=self.states_a_sample(columns),
        )
        return float(mean)

    def validation_samples(self, model: VectorField, samples: Samples) -> Samples:
        """Returns held-out samples for `validation_loss`, with fitted learned columns.

        Training does not fit the learned columns of held-out samples.

        The function is called outside a graph, each time a model is evaluated. The default is the samples themselves.
        """
        del model
        return samples


def check_takes(objective: Objective, recordings: Recordings) -> None:
    """Refuses recordings with inputs, parameters or unobserved numbers that the objective would ignore.

    Raises:
      InputError: If there are such parts. The message names them.
    """
    if recordings[0].observed is not None and "observed" not in objective.input_columns:
        raise InputError(
            f"objective {objective.name!r}: expected recordings in which all positions and momenta were observed; "
            "received some that were not; take trajectory"
        )
    for name in ("inputs", "parameters"):
        if getattr(recordings[0], name) is not None and name not in objective.input_columns:
            raise InputError(f"objective {objective.name!r}: takes no {name}; give recordings without {name}")


def mean_squared_error(predicted: tf.Tensor, observed: tf.Tensor) -> tf.Tensor:
    """Returns the mean over all elements of (predicted - observed)^2, for equal shapes only.

    Raises:
      ValueError: If the shapes differ. Keras' own MSE would silently broadcast them.
    """
    if not predicted.shape.is_compatible_with(observed.shape) or predicted.shape.rank != observed.shape.rank:
        raise ValueError(
            f"loss: expected predictions and observations of equal shape; received {predicted.shape}, {observed.shape}"
        )
    return tf.reduce_mean(tf.math.squared_difference(predicted, observed))
