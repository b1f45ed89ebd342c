"""One-step matching: a fit through the integrator, without derivatives."""

import numpy as np
import tensorflow as tf

from hnn_tf import integrators
from hnn_tf.data.columns import transition_columns
from hnn_tf.data.recordings import Recordings
from hnn_tf.numerics.repeated_steps import repeated_steps
from hnn_tf.objectives.base import check_takes, mean_squared_error
from hnn_tf.objectives.driven_motion import check_given
from hnn_tf.objectives.integrated_objective import IntegratedObjective
from hnn_tf.rollouts.step_inputs import SampledInputs
from hnn_tf.rollouts.stepper import Stepper
from hnn_tf.typing import Samples, VectorField


class OneStep(IntegratedObjective):
    """Mean squared difference between the integrated and the observed next state.

    L = mean |Phi_dt(s_t) - s_{t+dt}|^2, where Phi is one or more integrator steps over each sample's own dt.

    Matching forward differences adds a false friction of about omega^2 dt / 2 to an oscillator. The bias of one-step
    matching, in contrast, has the order of the integrator.

    The columns are `state` `[B, 2n]`, `next_state` `[B, 2n]` and `time_step` `[B, 1]`, which may be irregular. If there
    are inputs, they change linearly within dt from `inputs` `[B, m]` to `end_inputs` `[B, m]`, which are equal for held
    inputs. If there are parameters, they are `parameters` `[B, k]`.

    Args:
      integrator: A name or an `hnn_tf.integrators.Integrator`.
      substeps: The number of integrator steps within each dt, >= 1. The default is 1 until `TrainingLoop` chooses
        enough substeps to keep their error small compared with the noise.

    Raises:
      ValueError: If `substeps` is not an integer >= 1.
      InputError: If there is no such integrator.

    References:
      Chen, Zhang, Arjovsky, Bottou. Symplectic Recurrent Neural Networks. arXiv:1909.13334, section 2.
    """

    name = "one_step"
    columns = ("state", "next_state", "time_step")
    input_columns = ("inputs", "end_inputs", "parameters")
    is_sample_mean = True

    def __init__(self, *, integrator: str | integrators.Integrator = "rk4", substeps: int | None = None) -> None:
        super().__init__(integrator, substeps)

    def samples_of(self, recordings: Recordings) -> dict[str, np.ndarray]:
        """Makes a sample of every reading except a recording's last, with the next reading and the time between."""
        check_takes(self, recordings)
        interpolation = recordings.input_interpolation
        pairs = [
            transition_columns(each.times, each.states, each.inputs, each.parameters, interpolation=interpolation)
            for each in recordings
        ]
        return {name: np.concatenate([each[name] for each in pairs]) for name in pairs[0]}

    def loss(self, model: VectorField, samples: Samples) -> tf.Tensor:
        """Returns the scalar loss of a vector field on samples."""
        return mean_squared_error(self.predict(model, samples), samples["next_state"])

    def predict(self, model: VectorField, samples: Samples) -> tf.Tensor:
        """Returns the next states `[B, 2n]` that the model predicts.

        Raises:
          ValueError: If the integrator does not support this model, or there is not one time step per state.
        """
        self.integrator.check(model)
        state, time_step = samples["state"], samples["time_step"]
        # The shapes `[B]` or `[B, 2n]` would broadcast to a wrong shape.
        if time_step.shape.rank != state.shape.rank or time_step.shape[-1] != 1:
            raise ValueError(
                f"time_step: expected shape [B, 1] for states {state.shape}; received {time_step.shape}; "
                "give a column: time_step[:, None]"
            )
        starts, parameters = samples.get("inputs"), samples.get("parameters")
        check_given(model, starts, parameters)
        stepper = Stepper(
            model,
            self.integrator,
            inputs=None if starts is None else SampledInputs(),
            num_parameters=0 if parameters is None else parameters.shape[-1],
        )
        carry, step_size = stepper.start(state), time_step / self.num_substeps
        if starts is not None:
            times = tf.concat([tf.zeros_like(time_step), time_step], -1)
            ends = samples["end_inputs"]
            numbers = SampledInputs.numbers(times, starts[..., tf.newaxis, :], ends[..., tf.newaxis, :])
            step_size = tf.concat([step_size, numbers[..., 0, :]], -1)
        if parameters is not None:
            step_size = tf.concat([step_size, parameters], -1)
        if self.num_substeps == 1:
            return stepper.state(stepper.step(carry, step_size))
        step_sizes = tf.repeat(step_size[tf.newaxis], self.num_substeps, axis=0)
        return stepper.state(repeated_steps(stepper.step, carry, step_sizes)[-1])
