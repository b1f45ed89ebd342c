"""The double pendulum of unit masses, lengths and gravity in positions and velocities: its motion, its M, V and L."""

import keras
import numpy as np
import tensorflow as tf

from hnn_tf import models
from hnn_tf.systems import DoublePendulum


def mass_matrix(q):
    """M `[N, 2, 2]` at positions `[N, 2]`."""
    mixed, one = np.cos(q[:, 0] - q[:, 1]), np.ones(len(q))
    return np.stack([2 * one, mixed, mixed, one], -1).reshape(-1, 2, 2)


def momenta(q, v):
    return np.einsum("bij,bj->bi", mass_matrix(q), v)


def acceleration(q, v):
    """`[N, 2]`, from Hamilton's equations: M a = dp/dt - dM/dt v."""
    by_time = DoublePendulum().numpy_motion(np.concatenate([q, momenta(q, v)], 1))[:, 2:]
    turned = (v[:, 0] - v[:, 1]) * np.sin(q[:, 0] - q[:, 1])  # minus the change of the mixed element
    return np.linalg.solve(mass_matrix(q), (by_time + turned[:, None] * v[:, ::-1])[..., None])[..., 0]


def samples(rng, count, *, spread=1.5, dtype="float32"):
    """States (q, v) and their time derivatives, the columns of derivative matching."""
    q, v = rng.uniform(-spread, spread, [2, count, 2])
    state, derivative = np.concatenate([q, v], 1), np.concatenate([v, acceleration(q, v)], 1)
    return {"state": state.astype(dtype), "time_derivative": derivative.astype(dtype)}


class TrueMassMatrix(models.CholeskyMassMatrix):
    """The known M(q), by its Cholesky factor, which depends on q_1 - q_2 alone."""

    def elements(self, position):
        below = tf.cos(position[..., 0] - position[..., 1]) / np.sqrt(2.0)
        first = tf.fill(tf.shape(below), tf.constant(np.log(2.0) / 2, below.dtype))
        return tf.stack([first, 0.5 * tf.math.log(1.0 - below**2), below], -1)

    def elements_pushed_forward(self, position, tangent):
        turn = tangent[..., 0] - tangent[..., 1]
        return self.elements(position), self._slopes(position) * turn[..., tf.newaxis]

    def elements_pulled_back(self, position, upstream):
        slope = tf.reduce_sum(upstream * self._slopes(position), -1)
        return tf.stack([slope, -slope], -1)

    def _slopes(self, position):
        difference = position[..., 0] - position[..., 1]
        below, slope = tf.cos(difference) / np.sqrt(2.0), -tf.sin(difference) / np.sqrt(2.0)
        return tf.stack([tf.zeros_like(slope), -below * slope / (1.0 - below**2), slope], -1)


class TruePotential(keras.layers.Layer):
    def call(self, position):
        return tf.reduce_sum(tf.constant([2.0, 1.0], position.dtype) * (1.0 - tf.cos(position)), -1)


class TrueLagrangian(keras.layers.Layer):
    def call(self, state):
        q_1, q_2, v_1, v_2 = tf.unstack(state, axis=-1)
        kinetic = v_1**2 + v_2**2 / 2 + v_1 * v_2 * tf.cos(q_1 - q_2)
        return kinetic + 2.0 * tf.cos(q_1) + tf.cos(q_2)


def true_mechanics():
    return models.MechanicalHamiltonian(TrueMassMatrix(dtype="float64"), TruePotential(dtype="float64"))
