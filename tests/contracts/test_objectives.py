"""The contract of every objective; a new one without an entry in CASES fails."""

import dataclasses
from collections.abc import Callable
from typing import Any

import naive_objectives
import numpy as np
import package_classes
import pytest
import tensorflow as tf

from hnn_tf import HamiltonianNetwork, InputError, MLPHamiltonian, integrators, models, objectives, systems

SYSTEM = systems.Pendulum(inertia=0.6, gravity_torque=2.2)


class Swings:
    """The forces and accelerations of two such pendulums."""

    def inverse_dynamics(self, position, velocity, acceleration):
        del velocity
        return 0.6 * acceleration + 2.2 * tf.sin(position)

    def forward_dynamics(self, position, velocity, force):
        del velocity
        return (force - 2.2 * tf.sin(position)) / 0.6


def _hnn():
    return HamiltonianNetwork(MLPHamiltonian(hidden_units=[8, 8], dtype="float64"))


def _mechanical():
    potential = models.MLPEnergy(hidden_units=[8], dtype="float64")
    return HamiltonianNetwork(
        models.MechanicalHamiltonian(models.MLPMassMatrix(hidden_units=[8], dtype="float64"), potential)
    )


@dataclasses.dataclass(frozen=True)
class Case:
    """Random samples of 5 (with irregular steps), the column that is cut short, and the loss in plain loops.

    `field` has this loss, and `learned` makes a model that the objective can train.
    """

    target: str
    columns: tuple[str, ...]
    naive: Callable
    field: Any = SYSTEM
    learned: Callable = _hnn

    def samples(self, rng):
        if "times" in self.columns:
            shapes = {"states": 12, "initial_state": 2, "time_derivatives": 12}
            states = {name: rng.normal(size=[5, count, 2]) for name, count in shapes.items() if name in self.columns}
            return {"times": np.cumsum(rng.uniform(0.1, 0.4, [5, 12]), 1)} | states
        samples = {name: rng.normal(size=[5, 2]) for name in self.columns}
        return samples | ({"time_step": rng.uniform(0.05, 0.4, [5, 1])} if "time_step" in self.columns else {})


DYNAMICS = ("position", "velocity", "acceleration", "force")
WHOLE = ("times", "states", "initial_state")
CASES = {
    "combined": Case("states", (*WHOLE, "time_derivatives"), naive_objectives.naive_combined),
    "trajectory": Case("states", WHOLE, naive_objectives.naive_trajectory),
    "derivative": Case("time_derivative", ("state", "time_derivative"), naive_objectives.naive_derivative),
    "forward_dynamics": Case(
        "acceleration", DYNAMICS, naive_objectives.naive_forward_dynamics, field=Swings(), learned=_mechanical
    ),
    "inverse_dynamics": Case(
        "force", DYNAMICS, naive_objectives.naive_inverse_dynamics, field=Swings(), learned=_mechanical
    ),
    "one_step": Case("next_state", ("state", "next_state", "time_step"), naive_objectives.naive_one_step),
    "weak": Case("times", ("times", "states"), naive_objectives.naive_weak),
}


def test_every_objective_has_an_entry():
    assert set(CASES) == set(objectives.OBJECTIVES)


def test_every_objective_class_is_registered():
    classes = package_classes.subclasses(objectives.Objective)
    # Of models that see frames, which trainers build from one of the others; see test_latent_matching.py.
    assert {*objectives.OBJECTIVES.values(), objectives.LatentMatching} == classes
    assert {kind.__name__ for kind in classes} <= set(objectives.__all__)


@pytest.fixture(params=sorted(objectives.OBJECTIVES))
def objective(request):
    return objectives.OBJECTIVES[request.param]()


@pytest.fixture
def case(objective):
    return CASES[objective.name]


def _constants(samples):
    return {name: tf.constant(column) for name, column in samples.items()}


def test_loss_equals_plain_loops(objective, case, rng):
    samples = case.samples(rng)
    # 1e-13: some roundings of numbers of order 1.
    assert float(objective.loss(case.field, _constants(samples))) == pytest.approx(case.naive(samples), rel=1e-13)


def test_reads_the_columns_that_it_declares(objective, case, rng):
    assert objective.columns == case.columns
    read = []

    class Noted(dict):
        def __getitem__(self, name):
            read.append(name)
            return super().__getitem__(name)

    objective.loss(case.field, Noted(_constants(case.samples(rng))))
    assert set(read) == set(objective.columns)


def test_loss_is_a_scalar_of_the_samples_precision(objective, case, rng):
    loss = objective.loss(case.field, _constants(case.samples(rng)))
    assert (loss.shape, loss.dtype) == ((), tf.float64)


@pytest.mark.parametrize("cut", [lambda y: y[:, :1], lambda y: y[:1], lambda y: y[0]], ids=["[B,1]", "[1,2]", "[2]"])
def test_shapes_that_would_broadcast_are_refused(objective, case, rng, cut):
    samples = _constants(case.samples(rng))
    samples[case.target] = cut(samples[case.target])
    with pytest.raises(ValueError, match="equal shape"):
        objective.loss(case.field, samples)


def test_a_learned_models_every_weight_gets_a_gradient(objective, case, rng):
    model, samples = case.learned(), _constants(case.samples(rng))
    model.build([None, 4 if "position" in samples else 2])
    with tf.GradientTape() as tape:
        loss = objective.loss(model, samples)
    gradients = tape.gradient(loss, model.trainable_variables)
    assert all(np.abs(gradient).max() > 0 for gradient in gradients)


def _rotation(times):
    """The exact map of `MassSpring()` (omega = 2, H = q^2 + p^2) over each time: `[N, 2, 2]`."""
    c, s = np.cos(2 * times), np.sin(2 * times)
    return np.moveaxis(np.array([[c, s], [-s, c]]), -1, 0)


def _exact_transitions(rng, time_step, count=16):
    state = rng.normal(size=[count, 2])
    next_state = np.einsum("nij,nj->ni", _rotation(np.full(count, time_step)), state)
    return _constants({"state": state, "next_state": next_state, "time_step": np.full([count, 1], time_step)})


def test_the_true_field_has_no_derivative_loss(rng):
    state = rng.normal(size=[6, 2])
    samples = _constants({"state": state, "time_derivative": state[:, ::-1] * [2, -2]})
    assert float(objectives.DerivativeMatching().loss(systems.MassSpring(), samples)) < 1e-30  # roundings, squared


# Not of an adaptive one, which has its error by its tolerance, nor where other terms hide the leading one at this step.
@pytest.mark.parametrize(
    "name",
    [
        name if name in ("gauss4", "leapfrog", "rk4") else pytest.param(name, marks=pytest.mark.slow)
        for name in sorted(set(integrators.INTEGRATORS) - {"dormand_prince", "tao2", "tao4"})
    ],
)
def test_the_true_systems_one_step_loss_falls_at_the_integrators_order(name, rng):
    objective, h = objectives.OneStep(integrator=name), 0.25
    state = rng.bit_generator.state
    losses = []
    for time_step in (h, h / 2):
        rng.bit_generator.state = state  # the same states
        losses.append(float(objective.loss(systems.MassSpring(), _exact_transitions(rng, time_step))))
    # One step's error is one order higher, h^(order + 1), and the loss its square. 0.1: the next term at this h.
    assert 0.5 * np.log2(losses[0] / losses[1]) == pytest.approx(objective.integrator.order + 1, abs=0.1)


def test_substeps_divide_each_samples_step(rng):
    samples = CASES["one_step"].samples(rng)
    expected = samples["state"].copy()
    for i, dt in enumerate(samples["time_step"][:, 0]):
        for _ in range(3):
            expected[i] = naive_objectives.rk4(expected[i], dt / 3)
    predicted = objectives.OneStep(substeps=3).predict(SYSTEM, _constants(samples))
    np.testing.assert_allclose(predicted, expected, atol=1e-14)  # a few roundings


def test_leapfrog_on_a_model_that_is_not_separable_is_refused(rng):
    model = HamiltonianNetwork(MLPHamiltonian(hidden_units=[4], dtype="float64"))
    with pytest.raises(InputError, match="needs a separable Hamiltonian"):
        objectives.OneStep(integrator="leapfrog").loss(model, _constants(CASES["one_step"].samples(rng)))


@pytest.mark.parametrize("cut", [lambda h: h[:, 0], lambda h: tf.concat([h, h], 1)], ids=["[B]", "[B,2]"])
def test_time_steps_that_would_broadcast_are_refused(rng, cut):
    samples = _constants(CASES["one_step"].samples(rng))
    samples["time_step"] = cut(samples["time_step"])
    with pytest.raises(ValueError, match=r"time_step: expected shape \[B, 1\]"):
        objectives.OneStep().loss(SYSTEM, samples)


@pytest.mark.parametrize("substeps", [0, -1, 1.5])
def test_no_substeps_are_refused(substeps):
    with pytest.raises(ValueError, match="substeps"):
        objectives.OneStep(substeps=substeps)


def test_forward_differences_prefer_a_damped_field_and_one_step_the_true_one(rng):
    dt = 0.1
    transitions = _exact_transitions(rng, dt)
    state, next_state = transitions["state"].numpy(), transitions["next_state"].numpy()
    differences = {"state": transitions["state"], "time_derivative": tf.constant((next_state - state) / dt)}
    fitted = np.linalg.lstsq(state, differences["time_derivative"], rcond=None)[0]
    # omega = 2: its eigenvalues (exp(+-2i dt) - 1) / dt have this real part, about -2 dt. 1e-12: the roundings of 16
    # rows, over the differences' 1 / dt and the least singular value of the states, of order 1.
    np.testing.assert_allclose(np.linalg.eigvals(fitted).real, (np.cos(2 * dt) - 1) / dt, rtol=1e-12)

    def loss(objective, samples):
        return [float(objective.loss(field, samples)) for field in (lambda s: s @ fitted, systems.MassSpring())]

    damped, true = loss(objectives.DerivativeMatching(), differences)
    assert damped < 1e-25 < 1e-3 < true
    damped, true = loss(objectives.OneStep(), transitions)
    # RK4's own error is (2 dt)^5 / 120 = 3e-6; the fitted field's is the damping's, 2 dt^2 = 2e-2.
    assert true < 1e-10 < 1e-5 < damped
