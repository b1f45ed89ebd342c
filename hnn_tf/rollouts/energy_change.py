"""Changes of a state's energy: motion along the gradient of H, which crosses its level sets."""

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from hnn_tf import integrators, phase_space
from hnn_tf.declarations import declared
from hnn_tf.motion_parameters import at_parameters
from hnn_tf.numerics import scalars
from hnn_tf.numerics.repeated_steps import repeated_steps
from hnn_tf.numerics.symplectic_gradient import energy_gradient
from hnn_tf.rollouts.given_inputs import parameters_of_states
from hnn_tf.typing import Hamiltonian, HamiltonianVectorField, State

_CORRECTIONS = 3
"""The number of Newton corrections. They converge quadratically.

The steps mostly miss less than a thousandth of the energy in all, so three corrections are enough for float64.
"""

_RESOLVED = 0.03
"""The share of its energy that a step may miss.

A step that misses more has left the path of the gradient, or has jumped over the end of the path.
"""

_ROUND_OFF = 1000.0
"""The largest error of the reached energy, in roundings of H's terms. A learned H is a sum of hundreds of terms."""


def change_energy(
    field: HamiltonianVectorField,
    state: State,
    amount: float | tf.Tensor,
    *,
    num_steps: int | tf.Tensor = 32,
    metric: Sequence[float] | tf.Tensor | None = None,
    parameters: tf.Tensor | None = None,
) -> State:
    """Moves states up or down the gradient of the field's own H until their energy has changed by `amount`.

    The function follows ds/de = G^-1 grad H / (grad H . G^-1 grad H) from e = 0 to `amount`; along this path dH/de = 1.
    The symplectic gradient J grad H moves within a level set of H, and this direction crosses the level sets at right
    angles. A motion that alternates both gains or loses energy. The function takes Runge-Kutta steps of fourth order,
    which are finer at both ends, and then Newton corrections along the same direction. As a result, the reached energy
    is exact to round-off, and the place on its level set is exact to O(num_steps ** -4).

    q and p have different units, so the meaning of "at right angles" depends on a metric: ds . G ds, with G =
    diag(metric), is the squared length of a displacement. The default metric is the Euclidean one in the numbers of the
    state, as in the paper. Other units are another metric and give another path.

    A path ends at an equilibrium, where grad H = 0. For this reason, no path leads below a minimum, away from an
    equilibrium, or through a saddle. For example, a pendulum at a turning point climbs only towards its upright rest,
    and no further.

    An eager call runs a compiled function, which is traced once for each field and each state shape. A call inside a
    `tf.function` becomes part of that graph. Gradients with respect to the state, the amount, the metric, the
    parameters and the field's variables are the gradients of the numerical solution.

    Shape key: `...` batch, n = dof, k = number of parameters.

    Args:
      field: A system or a learned model: any hashable object with `hamiltonian(state)`. Its compiled form is kept.
      state: Float tensor `[..., 2n]`, concat(q, p), in the system's units.
      amount: The energy to add, in the unit of H; a negative amount is taken away. A scalar, or `[...]` with one amount
        for each state.
      num_steps: The number of steps, an integer scalar >= 1. A path near an equilibrium needs more steps.
      metric: The weights > 0 of the coordinates, `[2n]`, in units that make their products with ds^2 the same; by
        default, all weights are 1.
      parameters: Theta of a Hamiltonian with parameters, which is called as `hamiltonian(state, parameters=theta)`:
        `[k]`, or `[..., k]` with separate parameters for each state.

    Returns:
      States `[..., 2n]`, in the model's precision or that of `state`.

    Raises:
      ValueError: If the last axis is odd or unknown, the state does not have floating-point numbers, shapes do not fit,
        `num_steps` is below 1, the amount is not finite, or a weight of the metric is not > 0. Also if a finite state
        is at an equilibrium, or its path does not reach the energy; inside a graph, the result is NaN for these states
        instead.
      InputError: If parameters are missing, do not fit, or are given to a field that takes none.
      TypeError: If the field has no Hamiltonian or is not hashable.

    References:
      Greydanus, Dzamba, Yosinski. Hamiltonian Neural Networks. arXiv:1906.01563, section 6.
    """
    _check_field(field)
    dtype = declared(field, "compute_dtype")
    state = scalars.cast(state, tf.as_dtype(dtype)) if dtype else tf.convert_to_tensor(state)
    width = 2 * phase_space.dof(state)
    if not state.dtype.is_floating:
        raise ValueError(f"state: expected floating-point numbers; received {state.dtype.name}")
    weights = scalars.cast(np.ones(width) if metric is None else metric, state.dtype)
    _check_weights(weights, width)
    amount = _amounts(amount, state)
    steps = scalars.count("num_steps", num_steps, least=1)
    theta = parameters_of_states(field, parameters, state)
    if not tf.executing_eagerly():
        return _moved(field, state, amount, steps, weights, theta)
    return _eagerly(field, state, amount, steps, weights, theta)


def _eagerly(field: Any, state: State, *arguments: tf.Tensor | None) -> State:
    moved = _compiled(field)(state, *arguments)
    _check_reached(at_parameters(field.hamiltonian, arguments[-1]), state, moved)
    return moved


@functools.lru_cache(maxsize=64)
def _compiled(field: Any) -> Callable:
    return tf.function(functools.partial(_moved, field), autograph=False)


def _moved(
    field: Any,
    state: State,
    amount: tf.Tensor,
    num_steps: tf.Tensor,
    weights: tf.Tensor,
    parameters: tf.Tensor | None,
) -> State:
    hamiltonian = at_parameters(field.hamiltonian, parameters)

    def per_energy(state: State) -> tf.Tensor:
        covector = energy_gradient(hamiltonian, state)
        squared = tf.reduce_sum(covector * covector / weights, -1, keepdims=True)
        # At an equilibrium, 0 / 0 gives NaN for that state alone. A state that does not move needs no direction.
        squared = tf.where(nothing & (squared == 0), tf.ones_like(squared), squared)
        return covector / weights / squared

    nothing = amount[..., tf.newaxis] == 0
    start, target = state, hamiltonian(state) + amount
    step_sizes = _step_sizes(amount, num_steps)
    path = repeated_steps(functools.partial(integrators.get("rk4").step, per_energy), state, step_sizes)
    state = path[-1]
    for _ in range(_CORRECTIONS):
        state += (target - hamiltonian(state))[..., tf.newaxis] * per_energy(state)
    # The scale includes the change of H that the rounding of the coordinates causes, besides the rounding of H itself.
    scale = tf.abs(target) + tf.abs(amount) + tf.reduce_sum(tf.abs(state * energy_gradient(hamiltonian, state)), -1)
    round_off = _ROUND_OFF * np.finfo(state.dtype.as_numpy_dtype).eps * scale
    reached = tf.abs(target - hamiltonian(state)) <= round_off
    # Each step must have gained its share of the energy. Newton's method alone would also find the energy from a state
    # off the path, for example from the other side of a minimum.
    energy = hamiltonian(tf.concat([start[tf.newaxis], path], 0))
    gained, expected = energy[1:] - energy[:-1], step_sizes[..., 0]
    reached &= tf.reduce_all(tf.abs(gained - expected) <= _RESOLVED * tf.abs(expected) + round_off, 0)
    return tf.where(reached[..., tf.newaxis], state, tf.constant(np.nan, state.dtype))


def _step_sizes(amount: tf.Tensor, num_steps: tf.Tensor) -> tf.Tensor:
    """Returns the steps in energy `[num_steps, ..., 1]` between the values e = amount x^2 (3 - 2 x), for x from 0 to 1.

    Near an equilibrium, the energy grows as the square of the distance. Equal steps in energy would therefore be long
    steps in the state if either end is near an equilibrium.
    """
    x = tf.cast(tf.range(num_steps + 1), amount.dtype) / tf.cast(num_steps, amount.dtype)
    shares = x * x * (3.0 - 2.0 * x)
    shares = tf.reshape(shares[1:] - shares[:-1], [-1, *[1] * (amount.shape.rank + 1)])
    return shares * amount[tf.newaxis, ..., tf.newaxis]


def _amounts(amount: Any, state: State) -> tf.Tensor:
    amount, batch = scalars.cast(amount, state.dtype), state.shape[:-1]
    try:
        fits = tf.broadcast_static_shape(amount.shape, batch).is_compatible_with(batch)
    except ValueError:
        fits = False
    if not fits:
        raise ValueError(
            f"amount: expected a scalar or shape {batch} for states {state.shape}; received {amount.shape}; to give "
            "one state several amounts, repeat the state"
        )
    known = tf.get_static_value(amount)
    if known is not None and not np.isfinite(known).all():
        raise ValueError(f"amount: expected finite numbers; received {known}")
    return tf.broadcast_to(amount, tf.shape(state)[:-1])


def _check_weights(weights: tf.Tensor, width: int) -> None:
    if not weights.shape.is_compatible_with([width]):
        raise ValueError(f"metric: expected a weight for each coordinate, [{width}]; received shape {weights.shape}")
    known = tf.get_static_value(weights)
    if known is not None and not (np.isfinite(known) & (known > 0)).all():
        raise ValueError(f"metric: expected finite weights > 0; received {known}")


def _check_field(field: Any) -> None:
    if declared(field, "hamiltonian") is None:
        raise TypeError(f"field: expected a hamiltonian(state), as systems and HNNs have; {field!r} has none")
    try:
        hash(field)
    except TypeError as error:
        raise TypeError(
            f"field: expected a hashable field, because the compiled form is kept; received {type(field).__name__}; "
            "give a dataclass frozen=True"
        ) from error


def _check_reached(hamiltonian: Hamiltonian, state: State, moved: State) -> None:
    lost = tf.reduce_all(tf.math.is_finite(state), -1) & tf.reduce_any(tf.math.is_nan(moved), -1)
    if not tf.reduce_any(lost):
        return
    at_rest = lost & tf.reduce_all(energy_gradient(hamiltonian, state) == 0, -1)
    count, first = tf.math.count_nonzero(lost), tf.boolean_mask(state, lost)[0]
    if tf.reduce_any(at_rest):
        count, first = tf.math.count_nonzero(at_rest), tf.boolean_mask(state, at_rest)[0]
        reason = "at an equilibrium, where grad H = 0 gives no direction; displace such states a little"
    else:
        reason = (
            "without a path to their energy, because the path ends at an equilibrium before (a minimum, a saddle), or "
            "is too curved; take a smaller amount or more num_steps"
        )
    raise ValueError(
        f"change_energy: {count} of {tf.size(lost)} states, the first of them {first}, are {reason} (inside a "
        "tf.function, such states are NaN, and the others stay)"
    )
