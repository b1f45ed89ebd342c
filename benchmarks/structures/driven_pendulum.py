"""The gain and the friction of a driven pendulum from noisy readings, with their intervals."""

from typing import Any

import numpy as np

from benchmarks.structures.measurement import Line, Measurement, share
from hnn_tf import HamiltonianNetwork, RandomFeatureHamiltonian, closed_form, data, evaluation, objectives, systems

SYSTEM = systems.DrivenPendulum(damping=0.3)
NOISE = 0.02
NUM_MOTIONS = 12
TIMES = 0.1 * np.arange(21)
READINGS_A_TORQUE = 5
HORIZON = np.linspace(0.0, 20.0, 201)
NUM_DRAWS = 60


def _measure(seed: int) -> dict[str, float]:
    rng = np.random.default_rng([seed, 17])
    drawn = 3.0 * rng.normal(size=[NUM_MOTIONS, len(TIMES) // READINGS_A_TORQUE + 1, 1])
    torques = np.repeat(drawn, READINGS_A_TORQUE, 1)[:, : len(TIMES)]
    starts = rng.uniform(-1.5, 1.5, [NUM_MOTIONS, 2])
    motions = data.generate_trajectories(SYSTEM, starts, TIMES, noise_std=NOISE, rng=rng, inputs=torques)
    samples = objectives.TrajectoryMatching().samples_of(data.Recordings.from_trajectories(motions))
    features = RandomFeatureHamiltonian(num_features=10, periodic=(0,), dtype="float64")
    fit: Any = closed_form.fit_trajectories(features, samples, friction=True, seed=seed)
    gain_error, friction_error = fit.gains.item() - 1.0, fit.friction - SYSTEM.damping
    without = HamiltonianNetwork(features)
    without.build([None, 2])
    energy = evaluation.energies(features, evaluation.evaluation_rollout(without, starts, HORIZON))
    return {
        "gain_error": abs(gain_error),
        "friction_error": abs(friction_error) / SYSTEM.damping,
        "gain_covered": float(abs(gain_error) < 1.96 * fit.gains_std.item()),
        "friction_covered": float(abs(friction_error) < 1.96 * fit.friction_std),
        "energy_change": float(np.max(np.ptp(energy, 1)) / np.ptp(energy)),
    }


DRIVEN_PENDULUM = Measurement(
    "driven, damped pendulum, `random_features_friction`",
    _measure,
    (
        Line("relative error of the gain of the torque", "gain_error"),
        Line("relative error of the friction", "friction_error"),
        Line("95 % intervals of the gain that cover the truth", "gain_covered", cell=share),
        Line("95 % intervals of the friction that cover the truth", "friction_covered", cell=share),
        Line("relative change of the energy over 20 s, without friction and torque", "energy_change"),
    ),
    seeds=NUM_DRAWS,
)
