"""Readings of a mechanical system that moves under known forces."""

import dataclasses
from collections.abc import Sequence
from typing import Self

import numpy as np


@dataclasses.dataclass(frozen=True)
class ForcedMotion:
    """Readings of a motion with its generalised forces and their parts, `[N, n]` each.

    Attributes:
      position: q.
      velocity: v.
      acceleration: a.
      force: tau, the external force, which is the sum of the three parts if there is no friction.
      inertial_force: M(q) a.
      coriolis_force: dM/dt v - d(v^T M v / 2)/dq.
      gravity_force: dV/dq.
    """

    position: np.ndarray
    velocity: np.ndarray
    acceleration: np.ndarray
    force: np.ndarray
    inertial_force: np.ndarray
    coriolis_force: np.ndarray
    gravity_force: np.ndarray

    @classmethod
    def joined(cls, motions: Sequence[Self]) -> Self:
        """Returns the readings of several motions, one motion after the other."""
        names = [field.name for field in dataclasses.fields(cls)]
        return cls(**{name: np.concatenate([getattr(motion, name) for motion in motions]) for name in names})
