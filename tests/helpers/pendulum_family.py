"""Pendulums of several inertias and gravity torques, as one motion with parameters, and recordings of them."""

import functools

import numpy as np
import tensorflow as tf

from hnn_tf import systems
from hnn_tf.data import Recordings, generate_trajectories

TIMES = np.linspace(0.0, 2.0, 21)


class Pendulums:
    """The motion of all pendulums, with the parameters (inertia, gravity torque) and a torque."""

    name, separable, conservative, num_parameters = "pendulums", True, True, 2

    def __call__(self, state, inputs=None, parameters=None):
        q, p = state[..., :1], state[..., 1:]
        torque = 0.0 if inputs is None else inputs
        return tf.concat([p / parameters[..., :1], torque - parameters[..., 1:] * tf.sin(q)], -1)


PENDULUMS = Pendulums()


@functools.cache
def recordings(*, count=3, seed=0, driven=False):
    """Recordings with the true derivatives, of another pendulum each."""
    rng = np.random.default_rng(seed)
    theta, states = rng.uniform([0.5, 1.0], [1.5, 2.0], [count, 2]), rng.uniform(-1.5, 1.5, [count, 1, 2])
    torques = rng.normal(size=[count, 1, len(TIMES), 1]) if driven else [None] * count
    found = [
        generate_trajectories(_system(*each, driven=driven), state, TIMES, inputs=torque)
        for each, state, torque in zip(theta, states, torques, strict=True)
    ]
    return Recordings.from_arrays(
        TIMES,
        np.concatenate([each.states for each in found]),
        time_derivatives=np.concatenate([each.time_derivatives for each in found]),
        inputs=np.concatenate([each.inputs for each in found]) if driven else None,
        parameters=theta,
        true_states=np.concatenate([each.states for each in found]),
        parameter_names=["inertia", "gravity torque"],
        parameter_units=["kg m²", "N m"],
    )


def _system(inertia, gravity_torque, *, driven):
    if driven:
        return systems.DrivenPendulum(mass=inertia, length=1.0, gravity=gravity_torque / inertia)
    return systems.Pendulum(inertia, gravity_torque)
