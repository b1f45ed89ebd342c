"""The chain of masses and the lattice of springs: known modes, what they conserve, and how they are the same."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from hnn_tf import HamiltonianNetwork, PairwiseHamiltonian, evaluation, systems
from hnn_tf.data.reference_solution import reference_solution

TIMES = np.linspace(0.0, 3.0, 7)


@pytest.mark.parametrize("mode", [1, 4])
def test_an_attached_chain_swings_in_its_modes(mode):
    # omega = 2 sqrt(k / m) sin(j pi / (2 (N + 1))).
    chain = systems.MassChain((0.8,) * 5, (1.5,) * 6)
    shape = np.sin(mode * np.pi * np.arange(1, 6) / 6)
    omega = 2 * np.sqrt(1.5 / 0.8) * np.sin(mode * np.pi / 12)
    path = reference_solution(chain, np.concatenate([shape, np.zeros(5)])[np.newaxis], TIMES)[0]
    np.testing.assert_allclose(path[:, :5], np.cos(omega * TIMES)[:, np.newaxis] * shape, rtol=0, atol=1e-11)


def test_a_free_chain_keeps_its_momentum_and_moves_as_a_whole(rng):
    chain, start = systems.MassChain((0.8, 1.7, 1.2), (0.9, 1.3), attached=False), rng.normal(size=[1, 6])
    path = reference_solution(chain, start, TIMES)[0]
    momentum = path[:, 3:].sum(-1)
    np.testing.assert_allclose(momentum, momentum[0], rtol=0, atol=1e-12)
    centre = path[:, :3] @ [0.8, 1.7, 1.2]
    np.testing.assert_allclose(centre, centre[0] + momentum[0] * TIMES, rtol=0, atol=1e-11)


def test_the_chain_of_symplectic_recurrent_networks_can_be_made(rng):
    """20 masses of clamp(1 + N / 4, 0.2) and 21 springs of 5 clamp(1 + N / 4, 0.2); here, N is a standard normal."""
    masses = np.maximum(1 + rng.normal(size=20) / 4, 0.2)
    stiffnesses = 5 * np.maximum(1 + rng.normal(size=21) / 4, 0.2)
    chain, state = systems.MassChain(tuple(masses), tuple(stiffnesses)), rng.uniform(-2.5, 2.5, [3, 40])
    q, p = np.split(state, 2, -1)
    potential = stiffnesses[0] * q[:, 0] ** 2 + stiffnesses[-1] * q[:, -1] ** 2
    potential = potential + np.sum(stiffnesses[1:-1] * (q[:, :-1] - q[:, 1:]) ** 2, -1)
    np.testing.assert_allclose(
        chain.hamiltonian(tf.constant(state)), (np.sum(p**2 / masses, -1) + potential) / 2, rtol=1e-14
    )
    assert (len(chain.state_names), chain.state_names[19], chain.state_names[20]) == (40, "q_20", "p_1")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"masses": (1.0,), "stiffnesses": (1.0, 1.0)}, "masses: expected a tuple of at least 2 finite numbers > 0"),
        ({"masses": [1.0, 1.0]}, "masses: expected a tuple"),
        ({"stiffnesses": (1.0, 1.0)}, "stiffnesses: expected a tuple of 3 finite numbers > 0"),
        ({"attached": False}, "stiffnesses: expected a tuple of 1 finite number > 0"),
    ],
)
def test_chains_that_cannot_be_are_refused(arguments, message):
    with pytest.raises(ValueError, match=f"MassChain: {message}"):
        systems.MassChain(**arguments)


@pytest.mark.parametrize(("rows", "columns"), [(2, 4), (8, 8), (16, 32)])
def test_springs_join_the_neighbours(rows, columns):
    lattice = systems.SpringLattice(rows, columns, length=0.5)
    assert lattice.num_bodies == rows * columns
    # All pairs of bodies whose distance at rest is the length of a spring.
    places = lattice.at_rest()[: lattice.dof].reshape(2, -1)
    distances = np.hypot(*(places[:, :, np.newaxis] - places[:, np.newaxis]))
    expected = set(zip(*np.nonzero(np.triu(np.isclose(distances, 0.5))), strict=True))
    assert len(lattice.pairs) == len(expected) == rows * (columns - 1) + columns * (rows - 1)
    assert set(lattice.pairs) == expected


@pytest.mark.parametrize(("rows", "columns"), [(2, 4), (8, 8), (16, 32)])
def test_the_written_out_motion_is_the_gradients_for_many_bodies(rows, columns, rng):
    lattice = systems.SpringLattice(rows, columns)
    states = lattice.at_rest() + 0.2 * rng.normal(size=[2, 2 * lattice.dof])
    # Some tens of roundings of numbers of order 1.
    np.testing.assert_allclose(lattice(tf.constant(states)), lattice.numpy_motion(states), rtol=0, atol=1e-14)


def test_the_lattice_at_rest_stays_at_rest():
    lattice = systems.SpringLattice(3, 3, length=0.5)
    start = lattice.at_rest()[np.newaxis]
    np.testing.assert_array_equal(reference_solution(lattice, start, TIMES), np.repeat(start[:, np.newaxis], 7, 1))
    assert lattice.hamiltonian(tf.constant(start)).numpy() == 0


def test_a_free_lattice_keeps_its_momentum_and_angular_momentum(rng):
    lattice = systems.SpringLattice(2, 4, mass=0.7)
    start = lattice.at_rest() + 0.2 * rng.normal(size=[1, 32])
    path = reference_solution(lattice, start, TIMES)
    errors = evaluation.conserved_quantity_errors(lattice, np.repeat(path[:, :1], 7, 1), path)
    # Squares of some hundred errors of 1e-13.
    assert max(errors.values()) < 1e-22
    energy = lattice.hamiltonian(tf.constant(path)).numpy()
    np.testing.assert_allclose(energy, np.full([1, 7], energy[0, 0]), rtol=0, atol=1e-11)


def test_a_row_is_a_free_chain(rng):
    row, chain = systems.SpringLattice(1, 4, 0.7, 1.3, 0.6), systems.MassChain((0.7,) * 4, (1.3,) * 3, attached=False)
    displaced, momenta = 0.1 * rng.normal(size=[2, 2, 4])
    along = row.at_rest()[:4] + displaced
    start = np.concatenate([along, np.zeros([2, 4]), momenta, np.zeros([2, 4])], -1)
    found = reference_solution(row, start, TIMES)
    expected = reference_solution(chain, np.concatenate([displaced, momenta], -1), TIMES)
    np.testing.assert_allclose(found[..., :4] - row.at_rest()[:4], expected[..., :4], rtol=0, atol=1e-11)
    np.testing.assert_allclose(found[..., 8:12], expected[..., 4:], rtol=0, atol=1e-11)
    np.testing.assert_array_equal(found[..., 4:8], 0)


class _Spring(keras.layers.Layer):
    """V = (r - 1)^2 / 2 of the logarithm of r."""

    def call(self, inputs):
        return tf.square(tf.exp(inputs[..., 0]) - 1) / 2


def test_a_pairwise_model_with_its_pairs_can_have_its_motion(rng):
    lattice = systems.SpringLattice(2, 4, mass=0.7)
    layer = PairwiseHamiltonian(_Spring(dtype="float64"), pairs=lattice.pairs, masses=[0.7], dtype="float64")
    states = tf.constant(lattice.at_rest() + 0.2 * rng.normal(size=[3, 32]))
    # The logarithm and the exponential of the distance cost some tens of roundings.
    np.testing.assert_allclose(HamiltonianNetwork(layer)(states), lattice(states), rtol=0, atol=1e-13)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"rows": 0}, "rows: expected an integer >= 1; received 0"),
        ({"columns": 2.0}, "columns: expected an integer >= 1; received 2.0"),
        ({"rows": True}, "rows: expected an integer >= 1; received True"),
        ({"rows": 1, "columns": 1}, "rows, columns: expected at least two bodies; received one"),
    ],
)
def test_lattices_that_cannot_be_are_refused(arguments, message):
    with pytest.raises(ValueError, match=f"SpringLattice: {message}"):
        systems.SpringLattice(**arguments)
