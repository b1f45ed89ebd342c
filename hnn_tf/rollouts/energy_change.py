"""Energy added to a motion, or taken from it: states moved along the gradient of H instead of across it."""

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from hnn_tf import integrators, phase_space
from hnn_tf.numerics import scalars
from hnn_tf.numerics.repeated_steps import repeated_steps
from hnn_tf.numerics.symplectic_gradient import energy_gradient
from hnn_tf.typing import HamiltonianVectorField, State

_CORRECTIONS = 3
"""Newton's, quadratic: what the steps miss in all is mostly below a thousandth, so three do for float64."""

_RESOLVED = 0.03
"""Share of its energy that a step may miss. More means that it has left the gradient's path, or leapt over its end."""

_ROUND_OFF = 1000.0
"""Roundings of H's terms that a reached energy may be off by: a learned H sums hundreds of terms."""


def change_energy(
    field: HamiltonianVectorField,
    state: State,
    amount: float | tf.Tensor,
    *,
    num_steps: int | tf.Tensor = 32,
    metric: Sequence[float] | tf.Tensor | None = None,
) -> State:
    """Moves states up or down the gradient of the field's own H until their energy has changed by `amount`.

    Follows ds/de = G^-1 grad H / (grad H . G^-1 grad H) from e = 0 to `amount`, along which dH/de = 1. The symplectic
    gradient J grad H moves within a level set of H; this one crosses them at right angles. Alternating both gives a
    motion energy and takes it away. Runge-Kutta's fourth-order steps, finer at both ends, are followed by Newton
    corrections along the same direction, so the energy reached is exact to round-off, and the place on its level set
    to O(num_steps ** -4).

    q and p have different units, so what is at right angles depends on the metric: ds . G ds, with G = diag(metric), is
    the squared length of a displacement. Without it, it is the Euclidean one in the numbers of the state, as in the
    paper; other units are another metric, and another path.

    A path ends at an equilibrium, where grad H = 0. So there is no way below a minimum, from an equilibrium, or through
    a saddle: a pendulum at a turning point climbs towards its upright rest only, and gets no further.

    Called eagerly it runs compiled, traced once for each field and state shape; inside a `tf.function` it becomes part
    of that graph. Gradients, to the state, the amount, the metric and the field's variables, are those of the numerical
    solution.

    Shape key: `...` batch, n = dof.

    Args:
      field: A system or a learned model: anything hashable with `hamiltonian(state)`. Its compiled form is kept.
      state: Float tensor `[..., 2n]`, concat(q, p), in the system's units.
      amount: Energy to add, in the unit of H; negative takes it away. A scalar, or `[...]` with one for each state.
      num_steps: Integer scalar >= 1. More when a path passes near an equilibrium.
      metric: Weights > 0 of the coordinates, `[2n]`, in units that make their products with ds^2 the same; 1 by
        default.

    Returns:
      States `[..., 2n]`, in the model's precision or that of `state`.

    Raises:
      ValueError: If the last axis is odd or unknown, the state isn't of floating-point numbers, shapes don't fit,
        `num_steps` is below 1, the amount isn't finite or a weight of the metric isn't > 0; or if a finite state is at
        an equilibrium, or its path doesn't reach the energy. Inside a graph, the states concerned are NaN instead.
      TypeError: If the field has no Hamiltonian or isn't hashable.

    References:
      Greydanus, Dzamba, Yosinski. Hamiltonian Neural Networks. arXiv:1906.01563, section 6.
    """
    _check_field(field)
    dtype = getattr(field, "compute_dtype", None)
    state = scalars.cast(state, tf.as_dtype(dtype)) if dtype else tf.convert_to_tensor(state)
    width = 2 * phase_space.dof(state)
    if not state.dtype.is_floating:
        raise ValueError(f"state: expected floating-point numbers; received {state.dtype.name}")
    weights = scalars.cast(np.ones(width) if metric is None else metric, state.dtype)
    _check_weights(weights, width)
    amount = _amounts(amount, state)
    steps = scalars.count("num_steps", num_steps, least=1)
    if not tf.executing_eagerly():
        return _moved(field, state, amount, steps, weights)
    return _eagerly(field, state, amount, steps, weights)


def _eagerly(field: Any, state: State, *arguments: tf.Tensor) -> State:
    moved = _compiled(field)(state, *arguments)
    _check_reached(field, state, moved)
    return moved


@functools.lru_cache(maxsize=64)
def _compiled(field: Any) -> Callable:
    return tf.function(functools.partial(_moved, field), autograph=False)


def _moved(field: Any, state: State, amount: tf.Tensor, num_steps: tf.Tensor, weights: tf.Tensor) -> State:
    def per_energy(state: State) -> tf.Tensor:
        covector = energy_gradient(field.hamiltonian, state)
        squared = tf.reduce_sum(covector * covector / weights, -1, keepdims=True)
        # At an equilibrium 0 / 0, a NaN for that state alone; but one that is to stay there needs no direction.
        squared = tf.where(nothing & (squared == 0), tf.ones_like(squared), squared)
        return covector / weights / squared

    nothing = amount[..., tf.newaxis] == 0
    start, target = state, field.hamiltonian(state) + amount
    step_sizes = _step_sizes(amount, num_steps)
    path = repeated_steps(functools.partial(integrators.get("rk4").step, per_energy), state, step_sizes)
    state = path[-1]
    for _ in range(_CORRECTIONS):
        state += (target - field.hamiltonian(state))[..., tf.newaxis] * per_energy(state)
    # What rounding the coordinates alone does to H, beside that of H itself.
    scale = (
        tf.abs(target) + tf.abs(amount) + tf.reduce_sum(tf.abs(state * energy_gradient(field.hamiltonian, state)), -1)
    )
    round_off = _ROUND_OFF * np.finfo(state.dtype.as_numpy_dtype).eps * scale
    reached = tf.abs(target - field.hamiltonian(state)) <= round_off
    # Newton's method would find the energy from anywhere, also from across a minimum.
    energy = field.hamiltonian(tf.concat([start[tf.newaxis], path], 0))
    gained, expected = energy[1:] - energy[:-1], step_sizes[..., 0]
    reached &= tf.reduce_all(tf.abs(gained - expected) <= _RESOLVED * tf.abs(expected) + round_off, 0)
    return tf.where(reached[..., tf.newaxis], state, tf.constant(np.nan, state.dtype))


def _step_sizes(amount: tf.Tensor, num_steps: tf.Tensor) -> tf.Tensor:
    """Steps in energy `[num_steps, ..., 1]` between e = amount x^2 (3 - 2 x), x = 0 ... 1.

    Energy grows as the square of the distance from an equilibrium, so near one at either end, equal steps in energy
    would be long ones in state.
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
            "one state several amounts, repeat it"
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
    if not hasattr(field, "hamiltonian"):
        raise TypeError(f"field: expected a hamiltonian(state), as systems and HNNs have; {field!r} has none")
    try:
        hash(field)
    except TypeError as error:
        raise TypeError(
            f"field: expected a hashable one, because its compiled form is kept; {type(field).__name__} isn't; a "
            "dataclass is with frozen=True"
        ) from error


def _check_reached(field: Any, state: State, moved: State) -> None:
    lost = tf.reduce_all(tf.math.is_finite(state), -1) & tf.reduce_any(tf.math.is_nan(moved), -1)
    if not tf.reduce_any(lost):
        return
    at_rest = lost & tf.reduce_all(energy_gradient(field.hamiltonian, state) == 0, -1)
    count, first = tf.math.count_nonzero(lost), tf.boolean_mask(state, lost)[0]
    if tf.reduce_any(at_rest):
        count, first = tf.math.count_nonzero(at_rest), tf.boolean_mask(state, at_rest)[0]
        reason = "at an equilibrium, where grad H = 0 gives no direction; displace them a little"
    else:
        reason = (
            "without a path to their energy: it ends at an equilibrium before (a minimum, a saddle), or is too curved; "
            "take a smaller amount or more num_steps"
        )
    raise ValueError(
        f"change_energy: {count} of {tf.size(lost)} states, the first of them {first}, are {reason} (inside a "
        "tf.function those states are NaN, and the others stay)"
    )
