"""Gains of inputs with a user's own layers, lists of samples and inputs that never act."""

import keras
import numpy as np
import tensorflow as tf

from hnn_tf import HamiltonianNetwork, RandomFeatureHamiltonian, closed_form, systems
from hnn_tf.training.standard_errors import standard_errors

PENDULUM = systems.DrivenPendulum(mass=0.8, length=1.1, damping=0.3)
ROUNDING = 2e-14
"""Derivatives of up to 20 are rounded to 2e-15 each, which is their noise; a factor of ten is left to the solve."""


def _features():
    return RandomFeatureHamiltonian(num_features=10, periodic=(0,), dtype="float64")


def _derivatives(rng):
    state, inputs = rng.uniform(-2, 2, [200, 2]), rng.normal(size=[200, 1])
    motion = PENDULUM(tf.constant(state), inputs).numpy()
    return {"state": state, "time_derivative": motion, "inputs": inputs}


def test_lists_are_samples(rng):
    samples, found = _derivatives(rng), []
    hamiltonian = _features()
    hamiltonian.build([None, 2])
    for as_given in (np.asarray, np.ndarray.tolist):
        gains = closed_form.InputGains(1, 1, [[1.0]])
        regression = closed_form.HamiltonianRegression(hamiltonian, gains=gains)
        regression.add(*(as_given(samples[name]) for name in ("state", "time_derivative", "inputs")))
        found.append(regression.solve(ridge=1.0).solution.coefficients)
    np.testing.assert_array_equal(*found)


class _Push(keras.layers.Layer):
    """A layer of a user, which declares no `known_gains` and no `physical_parameters`."""

    num_inputs = 1

    def assign_gains(self, values):
        self.given = np.asarray(values)


def test_a_control_layer_of_a_user_gets_the_fitted_gains(rng):
    model = HamiltonianNetwork(_features(), control=_Push(dtype="float64"))
    model.build([None, 2])
    found = closed_form.fit(model, _derivatives(rng), friction=True)
    np.testing.assert_allclose(found.gains, [[1.0]], atol=ROUNDING)
    np.testing.assert_array_equal(model.control.given, found.gains)
    assert standard_errors(model, gains=found.gains_std, friction=None) == {}


def test_the_gains_of_idle_inputs_are_not_fitted_but_0(rng):
    samples = _derivatives(rng)
    samples["inputs"] = np.concatenate([0.0 * samples["inputs"], samples["inputs"]], 1)
    gains = closed_form.InputGains.of(_features(), samples, allow_idle=True)
    assert gains.idle == (0,)
    found = closed_form.fit(_features(), samples, friction=True, gains=gains)
    np.testing.assert_allclose(found.gains, [[0.0, 1.0]], atol=ROUNDING)
