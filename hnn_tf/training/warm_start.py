"""The start of trajectory objectives at the result of a closed form."""

import copy
import dataclasses
import warnings
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from hnn_tf import integrators
from hnn_tf.closed_form.input_gains import InputGains, has_constant_gains
from hnn_tf.closed_form.linear_field import LinearField
from hnn_tf.closed_form.trajectories import fit_trajectories
from hnn_tf.closed_form.trajectory_fit import TrajectoryFit
from hnn_tf.data.segments import Segments
from hnn_tf.declarations import declared
from hnn_tf.derivative_estimators import SmoothingSpline
from hnn_tf.input_error import InputError, InputWarning
from hnn_tf.models.quadratic_kinetic import QuadraticKinetic
from hnn_tf.models.random_feature_energy import RandomFeatureEnergy
from hnn_tf.models.random_feature_hamiltonian import RandomFeatureHamiltonian
from hnn_tf.models.random_feature_mechanical_hamiltonian import RandomFeatureMechanicalHamiltonian
from hnn_tf.models.separable_hamiltonian import SeparableHamiltonian
from hnn_tf.models.time_reversible_hamiltonian import TimeReversibleHamiltonian
from hnn_tf.numerics.substeps import choose_substeps
from hnn_tf.objectives import DerivativeMatching, TrajectoryMatching, WeakForm
from hnn_tf.objectives.chosen_substeps import with_chosen_substeps
from hnn_tf.training.chosen_trajectories import chosen_trajectories
from hnn_tf.training.training_loop import TrainingLoop
from hnn_tf.typing import Samples, State

WIDEST_STATE = 6
"""The largest width 2n of states for which random features alone are the Hamiltonian.

In more dimensions, there would be too few features.
"""

MOST_OBSERVATIONS = 20_000
"""The largest number of observations that the closed form fits. If there are more, it fits some of the trajectories."""

_NUM_FEATURES = 100
_NUM_MECHANICAL_FEATURES = 30
"""The number of units of the position. Each has a coefficient for every entry of the inverse mass matrix, too."""

_STEPS = 1500
_LEARNING_RATE = 3e-3
_LEAST_DERIVATIVE_ERROR = 0.03
"""The least error of the derivatives, relative to their root mean square.

For a long time, a network does not fit derivatives better than this. With a smaller error, the derivatives' part of the
loss would hide the states' part.
"""


@dataclasses.dataclass(frozen=True)
class WarmStart:
    """The result of `warm_start`, besides the weights, which the model has.

    Attributes:
      objective: The given objective, with the noise levels and the number of substeps that were found.
      samples: The given samples, with the initial states that were found.
      fit: The result of the closed form; None if the model does not begin at a closed form.
      evidence: The logarithm of the evidence of each structure that was fitted: `log_evidence` of the network's own
        random features, or `log_evidence_full`, `log_evidence_full_even`, `log_evidence_separable`,
        `log_evidence_separable_even`, `log_evidence_mechanical` or `log_evidence_known_mass` of those from which the
        network learns.
    """

    objective: TrajectoryMatching
    samples: Samples
    fit: TrajectoryFit | None
    evidence: dict[str, float] = dataclasses.field(default_factory=dict)


def warm_start(
    model: keras.Model,
    objective: TrajectoryMatching,
    samples: Samples,
    *,
    periodic: Sequence[int] = (),
    seed: int = 0,
    steps: int = _STEPS,
) -> WarmStart:
    """Finds the weights, initial states and noise levels at which `TrajectoryMatching` or `CombinedMatching` begins.

    A Hamiltonian network of up to three degrees of freedom begins at the result of `fit_trajectories` with random
    features. If the network's own Hamiltonian has random features, these are fitted, and nothing is left to train.
    Otherwise, random features of several structures are fitted, and the network learns the motion of the fit with the
    largest evidence, at the fitted states and around them. The closed form uses at most `MOST_OBSERVATIONS`
    observations. The initial states of the other trajectories do not change. If there are inputs, the network's
    `LinearInput` begins at the fitted gains. The gain of an input that is 0 in all samples is not fitted, and stays 0.

    Any other model, such as one whose inputs act in another way, begins by matching derivatives, or the weak form, at
    the observed states. A smoothing spline estimates the noise of these states.

    All of these fits are least-squares fits, even if the objective has a `huber`. Outliers therefore have their full
    weight until the training itself.

    Args:
      model: A built model, whose weights are changed.
      objective: The objective, which determines whether derivatives are fitted.
      samples: The objective's columns.
      periodic: The indices of the positions that are angles (rad). The features from which a network learns have the
        period of these angles.
      seed: The seed of the random features and of the sampled states.
      steps: The number of Adam's steps, if the start is learned.

    Raises:
      InputError: If the network's own random features are to be fitted to states of more than `WIDEST_STATE` numbers,
        or together with another dissipation than `LinearFriction` or another control layer than `LinearInput`; or if
        times, states or inputs are not valid, for example because an input of these features is always 0.
      ArithmeticError: If the motion of the closed form diverges. More segments in each trajectory help.
    """
    used = {name: np.asarray(samples[name]) for name in objective.columns_in(samples)}
    hamiltonian, dissipation = declared(model, "hamiltonian"), declared(model, "dissipation")
    own, assign_friction = declared(hamiltonian, "has_closed_form"), declared(dissipation, "assign_coefficient")
    wide = used["states"].shape[-1] > WIDEST_STATE
    unsolved = (
        wide or "parameters" in used or not has_constant_gains(model) or not (dissipation is None or assign_friction)
    )
    if own and unsolved:
        raise InputError(
            f"{model.name}: expected states of up to {WIDEST_STATE} numbers without parameters, LinearFriction or no "
            "dissipation, and LinearInput or no inputs, to fit random features to trajectories; match derivatives or "
            "the weak form, or take a network"
        )
    if not begins_in_closed_form(model, width=used["states"].shape[-1]):
        _match(model, objective, used, steps)
        started: Any = copy.copy(objective)
        if objective.noise_std is None and used["states"].shape[1] >= SmoothingSpline.min_points:
            noise = SmoothingSpline().estimate(used["times"], used["states"]).noise_std
            started.noise_std = np.maximum(noise, 1e-6 * np.max(np.std(used["states"], (0, 1))))
        started.substeps = with_chosen_substeps(objective, used).substeps
        return WarmStart(started, samples, None)
    chosen = chosen_trajectories(used, max(1, MOST_OBSERVATIONS // used["times"].shape[1]))
    used = {name: column[chosen] for name, column in used.items()}
    # A training can go on without an input that never acts. A fit that is the whole training would not find its gain.
    friction, gains = dissipation is not None, InputGains.of(model, used, allow_idle=not own)
    explicit = isinstance(objective.integrator, integrators.ExplicitRungeKutta)
    options: dict[str, Any] = {
        "integrator": objective.integrator if explicit else "rk4",
        # A given number of substeps is that of the training. It is used here only if the closed form is the training.
        "substeps": objective.substeps if own and explicit else None,
    }
    candidates = {"log_evidence": hamiltonian} if own else _candidates(hamiltonian, periodic)
    options |= {"friction": friction, "gains": gains, "seed": seed}
    with warnings.catch_warnings():
        if not own:
            # A network's own mass matrix is positive definite, whatever that of the features is.
            warnings.simplefilter("ignore", InputWarning)
        fits = {name: fit_trajectories(candidate, used, **options) for name, candidate in candidates.items()}
    evidence = {name: fit.log_evidence for name, fit in fits.items()}
    best = max(evidence, key=evidence.__getitem__)
    found = fits[best]
    if assign_friction:
        # At 0, the gradient by the coefficient's root is 0. A model that is trained further therefore begins at least
        # at the coefficient's standard error.
        least = 0.0 if own else float(found.posterior.covariance[-1, -1]) ** 0.5
        assign_friction(max(float(found.posterior.mean[-1]), least))
    if gains is not None:
        gains.assign(model, found.gains)
    field = LinearField(candidates[best], friction=friction, gains=gains)
    if not own:
        _imitate(model, field, found, _inputs_of_segments(used), seed, steps)
    started = copy.copy(objective)
    if objective.noise_std is None:
        started.noise_std = found.noise_std
    if "derivative_std" in started.found and started.derivative_std is None:
        size = np.sqrt(np.mean(used["time_derivatives"] ** 2, (0, 1)))
        least = _LEAST_DERIVATIVE_ERROR * size
        started.derivative_std = least if found.derivative_std is None else np.maximum(found.derivative_std, least)
    if objective.substeps is None and own and explicit:
        started.substeps = found.substeps
    elif objective.substeps is None and explicit:
        at_start = used | {"initial_state": found.initial_state}
        started.substeps = _substeps(objective, field, found, at_start)
    else:
        started.substeps = with_chosen_substeps(objective, used).substeps
    initial = np.array(samples["initial_state"], np.float64)
    initial[chosen] = found.initial_state
    return WarmStart(started, {**samples, "initial_state": initial}, found, evidence)


def _substeps(objective: TrajectoryMatching, field: LinearField, found: TrajectoryFit, samples: Samples) -> int:
    """Returns the number of substeps that the fitted motion needs."""

    def motion(state: State, inputs: tf.Tensor | None = None) -> State:
        return field.value(state, found.posterior.mean, inputs)

    def error(substeps: int) -> float:
        tried = copy.copy(objective)
        tried.substeps = substeps
        return tried.integration_error(motion, samples)

    return choose_substeps(error)


def begins_in_closed_form(model: keras.Model, *, width: int) -> bool:
    """Returns whether `warm_start` begins a model of states of this width at a closed form.

    The closed form is the motion of a Hamiltonian of states (q, p) without constraints and parameters, and without
    inputs or with inputs of constant gains.
    """
    has_energy = declared(model, "hamiltonian") is not None and declared(model, "canonical")
    has_energy = has_energy and declared(model, "constraints") is None
    return has_energy and width <= WIDEST_STATE and has_constant_gains(model) and not declared(model, "num_parameters")


def _candidates(hamiltonian: Any, periodic: Sequence[int]) -> dict[str, Any]:
    """Returns Hamiltonians of random features that have only motions of the network's, by the names of evidence."""

    def features(structure: str) -> RandomFeatureHamiltonian:
        return RandomFeatureHamiltonian(
            num_features=_NUM_FEATURES, structure=structure, periodic=periodic, dtype="float64"
        )

    masses = declared(hamiltonian, "known_masses")
    if masses is not None:
        potential = RandomFeatureEnergy(num_features=_NUM_FEATURES, angles=periodic, dtype="float64")
        kinetic = QuadraticKinetic(masses.tolist(), dtype="float64")
        return {"log_evidence_known_mass": SeparableHamiltonian(kinetic, potential)}
    # A layer of H declares its form.
    separable, even = declared(hamiltonian, "separable"), declared(hamiltonian, "even_in_momenta")
    structures = ["separable"] if separable else ["full", "separable"]
    found: dict[str, Any] = {} if even else {f"log_evidence_{structures[0]}": features(structures[0])}
    found |= {f"log_evidence_{each}_even": TimeReversibleHamiltonian(features(each)) for each in structures}
    if declared(hamiltonian, "inverse_dynamics") is not None and not separable:  # it has a mass matrix M(q)
        found["log_evidence_mechanical"] = RandomFeatureMechanicalHamiltonian(
            num_features=_NUM_MECHANICAL_FEATURES, periodic=periodic, dtype="float64"
        )
    return found


def _inputs_of_segments(samples: Samples) -> np.ndarray | None:
    """Returns the inputs `[N W (L + 1), m]` at the fitted states, or None without inputs."""
    if "inputs" not in samples:
        return None
    inputs = samples["inputs"]
    segments = Segments(inputs.shape[1], np.shape(samples["initial_state"])[1])
    return inputs[:, segments.indices].reshape(-1, inputs.shape[-1])


def _imitate(
    model: keras.Model, field: LinearField, found: TrajectoryFit, inputs: np.ndarray | None, seed: int, steps: int
) -> None:
    """Trains the model on the fitted motion, at the fitted states and around them."""
    states = found.states.reshape(-1, found.states.shape[-1])
    around = [states + found.noise_std * np.random.default_rng(seed + k).normal(size=states.shape) for k in range(2)]
    states = np.concatenate([states, *around])
    given = {} if inputs is None else {"inputs": np.tile(inputs, [3, 1])}
    driving = None if inputs is None else tf.constant(given["inputs"], tf.float64)
    motion = field.value(tf.constant(states), found.posterior.mean, driving).numpy()
    _train(model, DerivativeMatching(), {"state": states, "time_derivative": motion, **given}, steps)


def _match(model: keras.Model, objective: TrajectoryMatching, samples: Samples, steps: int) -> None:
    states = samples["states"]
    if objective.uses_derivatives:
        width = states.shape[-1]
        flat = {"state": states.reshape(-1, width), "time_derivative": samples["time_derivatives"].reshape(-1, width)}
        if "inputs" in samples:
            flat["inputs"] = samples["inputs"].reshape(len(flat["state"]), -1)
        if "parameters" in samples:
            flat["parameters"] = np.repeat(samples["parameters"], states.shape[1], 0)
        _train(model, DerivativeMatching(), flat, steps)
    else:
        window = min(10, states.shape[1])
        weak = WeakForm(window=window)
        _train(model, weak, {name: samples[name] for name in weak.columns_in(samples)}, steps)


def _train(model: keras.Model, objective: Any, samples: Samples, steps: int) -> None:
    if not steps:
        return
    schedule = keras.optimizers.schedules.CosineDecay(_LEARNING_RATE, steps)
    TrainingLoop(model, objective, keras.optimizers.Adam(schedule), samples).run(steps)
