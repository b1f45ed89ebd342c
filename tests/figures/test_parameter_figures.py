"""Figures of energies and fields with parameters show them at the given ones."""

import numpy as np
import pytest
import tensorflow as tf
from matplotlib.axes import Axes
from pendulum_family import PENDULUMS

from hnn_tf import InputError, figures, systems

NAMES = {"state_names": ("q", "p"), "state_units": ("rad", "")}
THETA = [0.7, 1.6]
ALONE = systems.Pendulum(*THETA)
OBSERVED = np.random.default_rng(0).normal(size=[20, 2])


class _Energies:
    """The energy of all pendulums, with the parameters (inertia, gravity torque)."""

    name, num_parameters = "energies", 2

    def __call__(self, state, parameters):
        inertia, torque = tf.unstack(parameters, axis=-1)
        return state[:, 1] ** 2 / (2 * inertia) + torque * (1 - tf.cos(state[:, 0]))


@pytest.fixture
def drawn(monkeypatch):
    """The positional arguments of the filled level sets, and of the arrows."""
    calls = []
    for name in ("contourf", "quiver"):
        drawing = getattr(Axes, name)

        def spy(ax, *arguments, drawing=drawing, **options):
            calls.append(arguments)
            return drawing(ax, *arguments, **options)

        monkeypatch.setattr(Axes, name, spy)
    return calls


def test_level_sets_are_those_at_the_parameters(drawn, tmp_path):
    options = {"true": None, "observed": OBSERVED, "energy_unit": "J", **NAMES}
    figures.draw_hamiltonian(tmp_path / "family.png", learned=_Energies(), parameters=THETA, **options)
    figures.draw_hamiltonian(tmp_path / "alone.png", learned=ALONE.hamiltonian, **options)
    # The energies have different zeros, but are both drawn from their minimum.
    for found, expected in zip(*drawn, strict=True):
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-13)


def test_arrows_are_those_at_the_parameters(drawn, tmp_path):
    options = {"observed": OBSERVED, "rollouts": {}, **NAMES}
    fields = {"hnn": PENDULUMS, "truth": ALONE}
    figures.draw_phase_portrait(tmp_path / "family.png", fields=fields, parameters=THETA, **options)
    of_truth, of_family = drawn
    for found, expected in zip(of_family, of_truth, strict=True):
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-13)


@pytest.mark.parametrize(
    ("family", "parameters", "message"),
    [
        (True, None, "expected parameters of width 2; received none; give parameters=..."),
        (True, [1.0], r"expected parameters of width 2; received shape \(1,\)"),
        (False, THETA, "takes no parameters|expected a field that declares parameters; received none"),
    ],
)
def test_parameters_that_do_not_fit_are_refused(family, parameters, message, tmp_path):
    options = {"observed": OBSERVED, "parameters": parameters, **NAMES}
    with pytest.raises(InputError, match=message):
        figures.draw_hamiltonian(
            tmp_path / "a.png",
            true=None,
            learned=_Energies() if family else ALONE.hamiltonian,
            energy_unit="",
            **options,
        )
    with pytest.raises(InputError, match=message):
        figures.draw_phase_portrait(
            tmp_path / "b.png", fields={"hnn": PENDULUMS if family else ALONE}, rollouts={}, **options
        )
    assert not list(tmp_path.iterdir())
