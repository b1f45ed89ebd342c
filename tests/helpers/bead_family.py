"""Beads of several masses on the parabola y = q² / 2, as mechanics with the parameters (mass, gravity)."""

import keras
import tensorflow as tf

from hnn_tf import models


class BeadMass(models.MassMatrix):
    """The generalised mass m (1 + q²) of a bead of the mass m."""

    num_parameters = 2

    def elements(self, x):
        return x[..., 1:2] * (1.0 + x[..., :1] ** 2)

    def _matrix(self, elements):
        return elements[..., tf.newaxis]

    def _solved(self, elements, vector):
        return vector / elements

    def _norm_gradient(self, x, elements, vector):
        slope = 2.0 * x[..., 1:2] * x[..., :1] * vector**2
        return tf.concat([slope, elements / x[..., 1:2] * vector**2, tf.zeros_like(slope)], -1)

    def _rate(self, elements, change, vector):
        del elements
        return change * vector


class Height(keras.layers.Layer):
    """The potential energy m g q² / 2."""

    num_parameters = 2

    def call(self, position, parameters):
        return parameters[..., 0] * parameters[..., 1] * position[..., 0] ** 2 / 2.0
