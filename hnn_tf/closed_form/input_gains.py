"""The constant gains of inputs, as unknowns of a linear fit or as known numbers."""

import dataclasses
from typing import Any, Self

import numpy as np
import tensorflow as tf

from hnn_tf.declarations import declared, name_of
from hnn_tf.input_error import InputError
from hnn_tf.motion_inputs import check_inputs
from hnn_tf.typing import Samples


@dataclasses.dataclass(frozen=True, eq=False)
class InputGains:
    """The motion that inputs with constant gains add to a Hamiltonian's motion: dq/dt = ..., dp/dt = ... + B u.

    The motion is linear in B, so B is found by the same linear solves as the coefficients of H. If B is known, B u is a
    known part of the motion, which a regression subtracts from its targets.

    Args:
      dof: n, the number of momenta.
      num_inputs: m, the number of inputs.
      known: The known B `[n, m]`; by default, all entries of B are unknown.
      idle: The inputs whose unknown gains are not fitted but 0, because these inputs are 0 in all samples.

    Raises:
      InputError: If `known` is not finite numbers `[n, m]`.
    """

    dof: int
    num_inputs: int
    known: np.ndarray | None = None
    idle: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        known = None if self.known is None else np.asarray(self.known, np.float64)
        if known is not None and (known.shape != (self.dof, self.num_inputs) or not np.isfinite(known).all()):
            raise InputError(
                f"gains: expected finite numbers [{self.dof}, {self.num_inputs}], a row for each momentum and a column "
                f"for each input; received shape {known.shape}"
            )
        object.__setattr__(self, "known", known)

    @classmethod
    def of(cls, model: Any, samples: Samples, *, given: Self | None = None, allow_idle: bool = False) -> Self | None:
        """Returns the gains of samples with the column `inputs` `[..., m]`, or None for samples without inputs.

        Args:
          model: A `HamiltonianNetwork`, whose `LinearInput` knows its gains or not; or a Hamiltonian.
          samples: The columns `state` `[N, 2n]` or `states` `[N, T, 2n]`, and `inputs` if there are some. Inputs of
            `states` also have the column `end_inputs`.
          given: The gains for a Hamiltonian; by default, all gains are unknown.
          allow_idle: Whether inputs that are always 0 become `idle`, and are not refused.

        Raises:
          InputError: If the model does not take these inputs with constant gains, if gains are given without inputs,
            or if the inputs do not determine unknown gains because an input is always 0.
        """
        states = np.asarray(samples["state"] if "state" in samples else samples["states"])
        inputs = np.asarray(samples["inputs"], np.float64) if "inputs" in samples else None
        control = declared(model, "control")
        # A Hamiltonian alone declares no number of inputs.
        if declared(model, "num_inputs") is not None:
            check_inputs(model, inputs)
            if given is not None:
                why = (
                    "which takes no inputs; leave the gains out"
                    if control is None
                    else "whose control layer has them; leave the argument out, or give the network's Hamiltonian alone"
                )
                raise InputError(f"gains: expected none beside the network {name_of(model)}, {why}")
        if inputs is None:
            if given is not None:
                raise InputError(
                    "gains: expected samples with inputs, on which gains act; received samples without the column "
                    "'inputs'; add the column, or leave the gains out"
                )
            return None
        if control is not None and not has_constant_gains(model):
            raise InputError(
                f"closed form: expected inputs that act with constant gains, LinearInput; received {model.name} with "
                f"{control!r}; take control=LinearInput(m), or train this model by TrainingLoop"
            )
        if inputs.shape[:-1] != states.shape[:-1] or not np.isfinite(inputs).all():
            raise InputError(
                f"inputs: expected finite numbers {[*states.shape[:-1]]} + [m], a row for each state; received shape "
                f"{inputs.shape}"
            )
        ends = np.shape(samples["end_inputs"]) if "end_inputs" in samples else None
        if "states" in samples and ends != inputs.shape:
            raise InputError(
                f"end_inputs: expected the inputs {list(inputs.shape)} just before the next reading, which equal the "
                f"inputs if they are held; received {'none' if ends is None else f'shape {ends}'}"
            )
        known = declared(control, "known_gains")
        gains = given if given is not None else cls(states.shape[-1] // 2, inputs.shape[-1], known)
        if (gains.dof, gains.num_inputs) != (states.shape[-1] // 2, inputs.shape[-1]):
            raise InputError(
                f"gains: expected those of {states.shape[-1] // 2} momenta and {inputs.shape[-1]} inputs, as the "
                f"samples have them; received those of {gains.dof} and {gains.num_inputs}"
            )
        idle = np.setdiff1d(np.flatnonzero(~inputs.reshape(-1, inputs.shape[-1]).any(0)), gains.idle).tolist()
        if gains.known is None and idle:
            if allow_idle:
                return dataclasses.replace(gains, idle=(*gains.idle, *idle))
            raise InputError(
                f"inputs: expected inputs that act, because their gains are fitted; received inputs {idle} "
                "that are always 0; leave such inputs out, or give their gains as LinearInput(gains=...)"
            )
        return gains

    @property
    def acting(self) -> np.ndarray:
        """The inputs whose gains are fitted if B is unknown: all a inputs that are not idle."""
        return np.setdiff1d(np.arange(self.num_inputs), self.idle).astype(int)

    @property
    def num_unknown(self) -> int:
        """The number of unknown gains: n a, or 0 if B is known."""
        return self.dof * len(self.acting) if self.known is None else 0

    def columns(self, inputs: tf.Tensor) -> tf.Tensor:
        """Returns the derivatives of ds/dt by the unknown gains, row by row, `[..., 2n, n a]`, at inputs `[..., m]`."""
        if self.known is not None:
            return tf.zeros([*inputs.shape[:-1], 2 * self.dof, 0], tf.float64)
        # The derivative of (B u)_i by B_kj is u_j where i = k, and otherwise 0.
        pattern = np.eye(2 * self.dof, self.dof, -self.dof)[:, :, np.newaxis]
        acting = tf.gather(tf.cast(inputs, tf.float64), self.acting, axis=-1)
        products = acting[..., tf.newaxis, tf.newaxis, :] * pattern
        return tf.reshape(products, tf.concat([tf.shape(products)[:-2], [self.num_unknown]], 0))

    def motion(self, inputs: tf.Tensor, unknown: tf.Tensor) -> tf.Tensor:
        """Returns B u `[..., n]` for inputs `[..., m]` and the values `[n a]` of unknown gains, row by row."""
        return tf.linalg.matvec(self.matrix(unknown), tf.cast(inputs, tf.float64))

    def known_motion(self, inputs: tf.Tensor) -> tf.Tensor:
        """Returns the known part of ds/dt, `[..., 2n]`: (0, B u) if B is known, and otherwise 0."""
        none = tf.zeros([self.num_unknown], tf.float64)
        force = self.motion(inputs, none)
        return tf.concat([tf.zeros_like(force), force], -1)

    def matrix(self, unknown: Any) -> Any:
        """Returns B `[n, m]`: the known one, or the values `[n a]` of unknown gains, and 0 for idle inputs."""
        if self.known is not None:
            return self.known
        shape, places = [self.dof, len(self.acting)], np.eye(self.num_inputs)[self.acting]
        return tf.reshape(unknown, shape) @ places if tf.is_tensor(unknown) else np.reshape(unknown, shape) @ places

    def assign(self, model: Any, fitted: np.ndarray | None) -> None:
        """Gives the fitted B `[n, m]` to the model, if the model has a control layer and gains were fitted."""
        control = declared(model, "control")
        if control is None or not self.num_unknown:
            return
        if not control.built:
            control.build([None, 2 * self.dof])
        control.assign_gains(fitted)


def has_constant_gains(model: Any) -> bool:
    """Returns whether a model takes no inputs, or takes them with constant gains, as `LinearInput` declares it."""
    return not declared(model, "num_inputs") or declared(declared(model, "control"), "assign_gains") is not None
