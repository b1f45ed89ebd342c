"""What no closed form can fit is refused before the fit."""

import numpy as np
import pytest

from hnn_tf import HamiltonianNetwork, InputError, MLPHamiltonian, RandomFeatureHamiltonian, closed_form, objectives

STATES = np.random.default_rng(0).normal(size=[6, 12, 2])
TRAJECTORIES = {"times": np.tile(np.arange(12.0), [6, 1]), "states": STATES}
FITS = {
    "derivatives": (closed_form.fit, {"state": STATES[0], "time_derivative": STATES[1]}),
    "weak": (
        lambda model, samples: closed_form.fit_weak(model, samples, objectives.WeakForm(window=4)),
        TRAJECTORIES,
    ),
    "trajectories": (closed_form.fit_trajectories, TRAJECTORIES),
}


@pytest.mark.parametrize(("fit", "samples"), FITS.values(), ids=FITS)
def test_parameters_are_refused_in_one_line(fit, samples):
    masses = np.ones([len(next(iter(samples.values()))), 1])
    with pytest.raises(InputError, match="expected samples without parameters") as refused:
        fit(RandomFeatureHamiltonian(num_features=4), samples | {"parameters": masses})
    assert "\n" not in str(refused.value)
    family = MLPHamiltonian(hidden_units=[4], num_parameters=1)
    for model in (family, HamiltonianNetwork(family)):
        with pytest.raises(InputError, match="with num_parameters=1; train it by TrainingLoop") as refused:
            fit(model, samples | {"parameters": masses})
        assert "\n" not in str(refused.value)
