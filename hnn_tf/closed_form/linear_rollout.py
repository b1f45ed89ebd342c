"""Rollouts of a motion that is linear in its coefficients, with their sensitivities."""

from typing import Any

import numpy as np
import tensorflow as tf

from hnn_tf import integrators
from hnn_tf.numerics.repeated_steps import repeated_steps
from hnn_tf.rollouts.step_inputs import SampledInputs
from hnn_tf.rollouts.stepper import Stepper


class LinearRollout:
    """The states at all observations as a function of coefficients w and initial states s_0, with derivatives.

    The motion f is linear in w. The sensitivities S = dPhi/dw of the rolled-out states Phi follow d/dt S = Df S +
    df/dw, and this equation is integrated together with the states. Inputs act as in every rollout: no step goes beyond
    an observation, where they may jump.

    Args:
      field: A `LinearField`.
      times: `[N, T]`.
      inputs: The inputs at the beginning and at the end of the interval after each observation, `[N, T, m]` each,
        between which they change linearly. The last ones count only for the derivatives at the last observation. None
        without inputs.
      integrator: An explicit Runge-Kutta method.
      substeps: The number of integrator steps in each interval, which may be changed later.
      derivatives: Whether the time derivatives at the observations are needed. If not, 0 stands in their place.

    Raises:
      ValueError: If the integrator is not an explicit Runge-Kutta method.
    """

    def __init__(
        self,
        field: Any,
        times: np.ndarray,
        *,
        inputs: tuple[np.ndarray, np.ndarray] | None = None,
        integrator: str | integrators.Integrator,
        substeps: int,
        derivatives: bool = True,
    ) -> None:
        self._field, self._integrator, self._derivatives = field, integrators.get(integrator), derivatives
        if not isinstance(self._integrator, integrators.ExplicitRungeKutta):
            raise ValueError(
                f"integrator: expected an explicit Runge-Kutta method, 'rk4' or 'rk8'; received {integrator}"
            )
        times = np.asarray(times, np.float64)
        self._intervals = tf.constant(np.diff(times.T, axis=0)[..., np.newaxis])
        self._observed_inputs, self._step_inputs = None, None
        if inputs is not None:
            starts, ends = (tf.constant(each, tf.float64) for each in inputs)
            self._observed_inputs = tf.reshape(starts, [-1, starts.shape[-1]])
            numbers = SampledInputs.numbers(tf.constant(times), starts[:, :-1], ends[:, :-1])
            self._step_inputs = tf.transpose(numbers, [1, 0, 2])
        # The number is a variable, so that another number needs no new trace.
        self._substeps = tf.Variable(substeps, trainable=False)
        # The field is traced once separately. Otherwise, every stage of a step would trace it.
        self._linearised_field = tf.function(field.linearised, autograph=False)
        self.linearised = tf.function(self._sensitivities, autograph=False)
        self.values = tf.function(self._rollout, autograph=False)

    @property
    def substeps(self) -> int:
        """The number of integrator steps in each interval."""
        return int(self._substeps)

    @substeps.setter
    def substeps(self, number: int) -> None:
        self._substeps.assign(number)

    def doubled(self, w: tf.Tensor, start: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns the values with twice as many substeps, without changing the number of substeps."""
        self.substeps *= 2
        values = self.values(w, start)
        self.substeps //= 2
        return values

    def _rollout(self, w: tf.Tensor, start: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns the rolled-out states and the derivatives at these states, both `[N, T, 2n]`."""
        states = self._steps(lambda state, inputs=None: self._field.value(state, w, inputs), start)
        if not self._derivatives:
            return states, tf.zeros_like(states)
        derivatives = self._field.value(tf.reshape(states, [-1, states.shape[-1]]), w, self._observed_inputs)
        return states, tf.reshape(derivatives, states.shape)

    def _sensitivities(self, w: tf.Tensor, start: tf.Tensor) -> tuple[tf.Tensor, ...]:
        """Returns the states `[N, T, 2n]`, their sensitivities to w and to the start, and the same for derivatives.

        The sensitivities to w are `[N, T, 2n, m]`.
        """
        (num, width), num_w = start.shape, w.shape[0]

        def augmented(flat: tf.Tensor, inputs: tf.Tensor | None = None) -> tf.Tensor:
            packed = tf.reshape(flat, [-1, width, 1 + num_w + width])
            state, sensitivity = packed[..., 0], packed[..., 1:]
            value, by_state, by_w = self._linearised_field(state, w, inputs)
            change = tf.matmul(by_state, sensitivity) + tf.pad(by_w, [[0, 0], [0, 0], [0, width]])
            return tf.reshape(tf.concat([value[..., tf.newaxis], change], -1), tf.shape(flat))

        identity = tf.broadcast_to(tf.eye(width, dtype=start.dtype), [num, width, width])
        first = tf.concat([start[..., tf.newaxis], tf.zeros([num, width, num_w], start.dtype), identity], -1)
        flat = self._steps(augmented, tf.reshape(first, [num, -1]))
        packed = tf.reshape(flat, [num, -1, width, 1 + num_w + width])
        states, sensitivity = packed[..., 0], packed[..., 1:]
        by_parts = sensitivity[..., :num_w], sensitivity[..., num_w:]
        if not self._derivatives:
            return states, *by_parts, *(tf.zeros_like(part) for part in (states, *by_parts))
        value, by_state, by_w = self._linearised_field(tf.reshape(states, [-1, width]), w, self._observed_inputs)
        shape = [num, -1, width]
        change = tf.matmul(tf.reshape(by_state, [*shape, width]), sensitivity)
        derivatives_by_w = change[..., :num_w] + tf.reshape(by_w, [*shape, num_w])
        value = tf.reshape(value, shape)
        return states, *by_parts, value, derivatives_by_w, change[..., num_w:]

    def _steps(self, field: Any, start: tf.Tensor) -> tf.Tensor:
        """Returns `[N, T, k]` at the observations, from `[N, k]`."""
        substeps = tf.convert_to_tensor(self._substeps)
        steps = self._intervals / tf.cast(substeps, tf.float64)
        if self._step_inputs is not None:
            steps = tf.concat([steps, self._step_inputs], -1)
        stepper = Stepper(field, self._integrator, inputs=None if self._step_inputs is None else SampledInputs())
        carries = repeated_steps(
            stepper.step,
            stepper.start(start),
            steps,
            counts=tf.fill([self._intervals.shape[0]], substeps),
            checkpointing=False,
        )
        states = tf.concat([start[tf.newaxis], stepper.state(carries)], 0)
        return tf.transpose(states, [1, 0, 2])
