"""A chain of 20 masses from very noisy readings, by a network and by the closed form of a separable H."""

import numpy as np

import hnn_tf
from benchmarks.structures.measurement import Line, Measurement
from hnn_tf import closed_form, data, evaluation, objectives, systems

NUM_MASSES = 20
NOISE = 0.2
NUM_MOTIONS = 200
NUM_TEST = 25
TIMES = 0.1 * np.arange(21)
HORIZON = np.linspace(0.0, 10.0, 101)
STEPS = 2000


def _measure(seed: int) -> dict[str, float]:
    rng = np.random.default_rng(seed)
    system = _chain(rng)
    starts, test = (rng.normal(size=[count, 2 * NUM_MASSES]) for count in (NUM_MOTIONS, NUM_TEST))
    recordings = data.Recordings.from_trajectories(
        data.generate_trajectories(system, starts, TIMES, noise_std=NOISE, rng=rng)
    )
    training = hnn_tf.TrainingOptions(steps=STEPS, batch_size=32, learning_rate_schedule="cosine", seed=seed)
    network = hnn_tf.fit(recordings, model="hnn", objective="weak", training=training, progress=False).model
    # A chain's energies are quadratic, so that a few units beside the products of the coordinates suffice.
    features = hnn_tf.RandomFeatureHamiltonian(num_features=2, structure="separable", dtype="float64")
    weak = objectives.WeakForm()
    closed_form.fit_weak(features, weak.samples_of(recordings), weak, seed=seed)
    fitted = hnn_tf.HamiltonianNetwork(features)
    fitted.build([None, 2 * NUM_MASSES])
    true = evaluation.evaluation_rollout(system, test, HORIZON)
    found = {"variance": float(np.var(true))}
    for name, model in (("hnn", network), ("closed_form", fitted)):
        predicted = evaluation.evaluation_rollout(model, test, HORIZON)
        found[f"{name}_coordinate_mse"] = float(np.mean((predicted - true) ** 2))
    return found


def _chain(rng: np.random.Generator) -> systems.MassChain:
    """Returns a chain whose masses and stiffnesses are drawn as in the published task (arXiv:1909.13334)."""
    masses, stiffnesses = (np.maximum(1 + rng.normal(size=count) / 4, 0.2) for count in (NUM_MASSES, NUM_MASSES + 1))
    return systems.MassChain(tuple(masses.tolist()), tuple((5 * stiffnesses).tolist()))


MASS_CHAIN = Measurement(
    "chain of 20 masses with noise 0.2, closed form of T(p) + V(q)",
    _measure,
    (Line("`coordinate_mse`", "closed_form_coordinate_mse", "hnn_coordinate_mse"),),
)
