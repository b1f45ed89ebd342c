"""Many pairs of bodies, whose energies are computed in blocks: the same numbers, in less memory."""

import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf
from command_session import environment

from hnn_tf import HamiltonianNetwork, models, rollout
from hnn_tf.models import body_pairs
from hnn_tf.models.body_pairs import BodyPairs

PAIRS = [(1, 0), (2, 4), (3, 1), (0, 4)]
OPTIONS = {"all": {}, "kinds": {"kinds": [0, 1, 0, 2, 1]}, "pairs": {"pairs": PAIRS}}


def _network(dtype="float64", bodies=5, **options):
    keras.utils.set_random_seed(0)
    potential = models.MLPEnergy(hidden_units=[8, 8], dtype=dtype)
    network = HamiltonianNetwork(models.PairwiseHamiltonian(potential, **options))
    network.build([None, 4 * bodies])
    return network


def _of_training(network, state):
    """The energy, the motion, and the gradient of a loss by the states and all weights."""
    with tf.GradientTape() as tape:
        tape.watch(state)
        motion = network(state)
        loss = tf.reduce_sum(motion**2)
    return [network.hamiltonian(state), motion, *tape.gradient(loss, [state, *network.trainable_weights])]


def _of_higher_order(network, state):
    """The gradient of a loss of dH/ds, which a tape finds from the energy."""
    with tf.GradientTape() as outer:
        outer.watch(state)
        with tf.GradientTape() as inner:
            inner.watch(state)
            energy = network.hamiltonian(state)
        loss = tf.reduce_sum(inner.gradient(energy, state) ** 2)
    return outer.gradient(loss, [state, *network.trainable_weights])


def _in_a_graph(function, network, **options):
    spec = tf.TensorSpec([None, 20], network.compute_dtype)
    return tf.function(lambda state: function(network, state), autograph=False, input_signature=[spec], **options)


def _assert_equal(found, whole, dtype):
    # A number goes through three products of at most 8 terms, and there and back again, and is then a sum over at most
    # ten pairs, five states and two coordinates: some 150 roundings. They add like a random walk to 12 eps / 2; eight
    # times as much for the largest of some hundred numbers and for another processor.
    for one, other in zip(found, whole, strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=50 * np.finfo(dtype).eps * np.abs(other).max())


@pytest.mark.parametrize("most", [1, 3, 4, 10])
@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_the_blocks_have_every_pair_once(options, most, monkeypatch):
    pairs, kinds = options.get("pairs"), options.get("kinds")
    whole = BodyPairs(5, pairs, kinds, "float64").first()
    monkeypatch.setattr(body_pairs, "MOST_PAIRS", most)
    cut = BodyPairs(5, pairs, kinds, "float64")
    blocks = [cut.first(), *(cut.block(tf.constant(i)) for i in range(cut.num_more))]
    assert {block.incidence.shape[1] for block in blocks} <= set(range(1, most + 1))
    np.testing.assert_array_equal(tf.concat([block.incidence for block in blocks], 1), whole.incidence)
    if kinds is None:
        assert [block.kinds for block in blocks] == [None] * len(blocks)
    else:
        np.testing.assert_array_equal(tf.concat([block.kinds for block in blocks], 0), whole.kinds)


@pytest.mark.parametrize(("options", "dtype"), [("all", "float64"), ("kinds", "float32"), ("pairs", "float64")])
def test_blocks_give_what_the_whole_gives(options, dtype, rng, monkeypatch):
    network, state = _network(dtype, **OPTIONS[options]), tf.constant(rng.normal(size=[5, 20]), dtype)
    whole = _of_training(network, state)
    monkeypatch.setattr(body_pairs, "MOST_PAIRS", 3)
    found = _of_training(network, state)
    _assert_equal(found, whole, dtype)
    forces = found[1][:, 10:].numpy().reshape(5, 2, 5)
    # The sum of at most ten forces of pairs on five bodies.
    np.testing.assert_allclose(forces.sum(-1), 0.0, atol=50 * np.finfo(dtype).eps * np.abs(forces).max())


CASES = {
    "graph": (_of_training, {}, "all", "float64"),
    "graph, kinds, float32": (_of_training, {}, "kinds", "float32"),
    "XLA": (_of_training, {"jit_compile": True}, "kinds", "float64"),
    "XLA, float32": (_of_training, {"jit_compile": True}, "pairs", "float32"),
    "second derivatives": (_of_higher_order, {}, "kinds", "float64"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", [pytest.param(n, marks=[pytest.mark.slow] * (n != "graph")) for n in CASES])
def test_graphs_of_an_unknown_batch_give_the_same(name, rng, monkeypatch):
    function, compiled, options, dtype = CASES[name]
    network, state = _network(dtype, **OPTIONS[options]), tf.constant(rng.normal(size=[5, 20]), dtype)
    whole = function(network, state)
    monkeypatch.setattr(body_pairs, "MOST_PAIRS", 3)
    _assert_equal(_in_a_graph(function, network, **compiled)(state), whole, dtype)


def test_seventeen_bodies_are_two_blocks(rng, monkeypatch):
    network, state = _network(bodies=17), rng.normal(size=[2, 68])
    assert [BodyPairs(bodies, None, None, "float64").num_more for bodies in (2, 16, 17, 64)] == [0, 0, 1, 15]
    found = network(state)
    monkeypatch.setattr(body_pairs, "MOST_PAIRS", 136)
    _assert_equal([found], [network(state)], "float64")


def test_bodies_at_one_point_give_numbers(monkeypatch):
    monkeypatch.setattr(body_pairs, "MOST_PAIRS", 3)
    steep = keras.layers.Dense(1, kernel_initializer=keras.initializers.Constant(1e4), use_bias=False)  # V = 1e4 log r
    layer, state = models.PairwiseHamiltonian(steep), tf.zeros([1, 20])
    with tf.GradientTape() as tape:
        tape.watch(state)
        gradient = layer.gradient(state)
    assert np.isfinite(layer(state)).all()
    np.testing.assert_array_equal(gradient, 0.0)
    assert np.isfinite(tape.gradient(gradient, state)).all()


@pytest.mark.slow
@pytest.mark.parametrize("jit_compile", [False, True])
def test_gradients_go_through_rollouts(jit_compile, rng, monkeypatch):
    network, state = _network(), tf.constant(rng.normal(size=[5, 20]))
    options = {"step_size": 0.01, "num_steps": 3, "integrator": "leapfrog", "jit_compile": jit_compile}

    def gradient():
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(rollout(network, state, **options) ** 2)
        return tape.gradient(loss, network.trainable_weights)

    whole = gradient()
    monkeypatch.setattr(body_pairs, "MOST_PAIRS", 3)
    _assert_equal(gradient(), whole, "float64")


MEASURED = """
import pathlib
import tensorflow as tf
import hnn_tf

def peak():
    # ru_maxrss would begin at the peak of the process that started this one.
    status = pathlib.Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0])

network = hnn_tf.HamiltonianNetwork(hnn_tf.PairwiseHamiltonian(hnn_tf.MLPEnergy(hidden_units=[200, 200])))
network.build([None, 256])

@tf.function(autograph=False)
def motion(state):
    return network(state)

motion(tf.random.normal([1, 256]))
before = peak()
motion(tf.random.normal([64, 256]))
print(peak() - before)
"""


@pytest.mark.slow
@pytest.mark.times
@pytest.mark.skipif(sys.platform != "linux", reason="the unit of the memory's peak is Linux's")
def test_the_memory_of_64_bodies_is_that_of_a_block(tmp_path):
    command = [sys.executable, "-c", MEASURED]
    done = subprocess.run(command, env=environment(tmp_path), cwd=tmp_path, check=True, capture_output=True, text=True)
    # One hidden layer of one block, 64 states x 126 pairs x 200 units x 4 bytes, has 6.5 MB, and of all 2016 pairs 103
    # MB. At once, all pairs would need at least the slopes of both layers, 206 MB. Of blocks, two may be at work, the
    # first one and one of the loop, each with at most six such layers: 77 MB.
    megabytes = int(done.stdout) * 1024 / 1e6
    assert megabytes < 206
