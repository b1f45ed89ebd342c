"""A training loop that goes on with other samples takes the steps of one that was made with them."""

import keras
import numpy as np
import pytest

from hnn_tf import HamiltonianNetwork, MLPHamiltonian, TrainingLoop
from hnn_tf.objectives import TrajectoryMatching


def _samples(rng, num_times=5):
    times = np.sort(rng.uniform(0, 1, [3, num_times]), 1)
    states = rng.normal(size=[3, num_times, 2])
    return {"times": times, "states": states, "initial_state": states[:, :1].copy()}


def _loop(samples):
    keras.utils.set_random_seed(0)
    model = HamiltonianNetwork(MLPHamiltonian(hidden_units=[6]))
    model.build([None, 2])
    return TrainingLoop(model, TrajectoryMatching(substeps=1), keras.optimizers.Adam(1e-2), samples)


@pytest.mark.slow
def test_equals_a_loop_of_the_other_samples_bit_by_bit(rng):
    first, second = _samples(rng), _samples(rng)
    loop, expected = _loop(first), _loop(second)
    beginning = loop.state()
    loop.run(3)
    loop.restore(beginning)
    loop.replace_samples(second)
    np.testing.assert_array_equal(loop.learned["initial_state"], second["initial_state"].astype(np.float32))
    assert loop.run(3) == expected.run(3)
    for name, value in expected.state().items():
        np.testing.assert_array_equal(loop.state()[name], value)


def test_other_shapes_are_refused_and_change_nothing(rng):
    samples = _samples(rng)
    loop, other = _loop(samples), _samples(rng)
    before = loop.loss()
    for bad, match in [
        ({**other, "states": other["states"][:, :4]}, r"expected states of shape \(3, 5, 2\); received \(3, 4, 2\)"),
        ({**other, "initial_state": other["initial_state"][:, :, :1]}, "expected initial_state of shape"),
        ({name: other[name] for name in ("times", "states")}, "needs the columns"),
    ]:
        with pytest.raises(ValueError, match=match):
            loop.replace_samples(bad)
    assert loop.loss() == before
