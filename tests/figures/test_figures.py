"""Every figure is written whole, of the right size, whatever the rollouts do."""

import inspect

import matplotlib
import numpy as np
import pytest
import tensorflow as tf
from matplotlib.axes import Axes
from PIL import Image

from hnn_tf import figures, rollout, systems
from hnn_tf.figures import limits, style

NAMES = {"state_names": systems.Pendulum.state_names, "state_units": systems.Pendulum.state_units}
TIMES = np.linspace(0.0, 8.0, 81)


def _baseline(state):
    return systems.Pendulum()(state) - 0.1 * state


FIELDS = {"truth": systems.Pendulum(), "baseline": _baseline, "hnn": systems.Pendulum(gravity_torque=2.9)}


@pytest.fixture(scope="module")
def clean_rollouts():
    start = tf.constant([1.5, 0.2], tf.float64)
    return {label: rollout(field, start, step_size=0.1, num_steps=80).numpy() for label, field in FIELDS.items()}


@pytest.fixture(
    params=["clean", *(pytest.param(name, marks=pytest.mark.slow) for name in ("measured", "broken", "all_nan"))]
)
def rollouts(request, clean_rollouts):
    paths = {label: states.copy() for label, states in clean_rollouts.items()}
    if request.param == "measured":
        return {"measured" if label == "truth" else label: states for label, states in paths.items()}
    if request.param == "broken":
        paths["baseline"][30:50:2], paths["baseline"][31:50:2] = 1e300, -1e300
        paths["baseline"][50:60], paths["baseline"][60:] = np.inf, np.nan
        paths["hnn"][40] = np.nan
    if request.param == "all_nan":
        paths["baseline"][:] = np.nan
    return paths


def _draw(name, path, rollouts, observed):
    truth = next(label for label in rollouts if label in style.TRUTH_LABELS)
    fields = {label: field for label, field in FIELDS.items() if label in rollouts}
    system = FIELDS["truth"]
    if name == "phase_portrait":
        figures.draw_phase_portrait(path, fields=fields, observed=observed, rollouts=rollouts, **NAMES)
    elif name == "energy":
        with np.errstate(all="ignore"):
            energies = {label: system.hamiltonian(tf.constant(states)).numpy() for label, states in rollouts.items()}
        figures.draw_energy(path, times=TIMES, energies=energies, energy_unit="J")
    elif name == "coordinate_error":
        predicted = {label: states for label, states in rollouts.items() if label != truth}
        figures.draw_coordinate_error(
            path, times=TIMES, true=rollouts[truth], predicted=predicted, true_label=truth, **NAMES
        )
    elif name == "hamiltonian":
        true = system.hamiltonian if truth == "truth" else None
        figures.draw_hamiltonian(
            path, true=true, learned=FIELDS["hnn"].hamiltonian, observed=observed, energy_unit="J", **NAMES
        )
    else:
        figures.draw_rollout_animation(
            path, times=TIMES, trajectories=rollouts, configuration="pendulum", frames=5, **NAMES
        )


FIGURES = {
    "phase_portrait": "phase_portrait.png",
    "energy": "energy.png",
    "coordinate_error": "coordinate_error.png",
    "hamiltonian": "hamiltonian.png",
    "rollout_animation": "rollout.gif",
}


@pytest.fixture
def observed(rng):
    return rng.normal(size=[300, 2])


def test_every_figure_is_tested():
    elsewhere = {
        "orbits",
        "orbit_animation",
        "linkage_animation",
        "energy_panels",
        "analysis",
        "film_strip",
        "frame_animation",
    }
    elsewhere |= {"forces", "measurements"}
    functions = [name for name in figures.__all__ if name.startswith("draw_")]
    assert {f"draw_{name}" for name in {*FIGURES, *elsewhere, "latent_portrait"}} == set(functions)
    for name in functions:
        path, *others = inspect.signature(getattr(figures, name)).parameters.values()
        assert path.name == "path"
        assert {parameter.kind for parameter in others} == {inspect.Parameter.KEYWORD_ONLY}


@pytest.mark.parametrize("name", FIGURES)
def test_writes_a_whole_image_whatever_the_rollouts_do(name, rollouts, observed, tmp_path):
    path = tmp_path / FIGURES[name]
    before = dict(matplotlib.rcParams)
    _draw(name, path, rollouts, observed)
    assert dict(matplotlib.rcParams) == before
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
    # A blank figure of this size has about 3 kB.
    assert 10_000 < path.stat().st_size < 1_500_000
    with Image.open(path) as image:
        alone = name == "hamiltonian" and "measured" in rollouts
        assert image.width == (540 if alone else 900)
        assert 300 <= image.height <= 550
        assert getattr(image, "n_frames", 1) == (5 if name == "rollout_animation" else 1)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] * (name != "energy")) for name in FIGURES]
)
def test_a_failing_write_leaves_nothing_new(name, clean_rollouts, observed, tmp_path):
    occupied = tmp_path / FIGURES[name]
    occupied.mkdir()
    with pytest.raises(OSError, match=occupied.name):
        _draw(name, occupied, clean_rollouts, observed)
    assert list(tmp_path.rglob("*")) == [occupied]


@pytest.mark.parametrize("name", ["energy", "rollout_animation"])
def test_equal_figures_are_equal_files(name, clean_rollouts, observed, tmp_path):
    first, second = tmp_path / f"1{FIGURES[name]}", tmp_path / f"2{FIGURES[name]}"
    for path in (first, second):
        _draw(name, path, clean_rollouts, observed)
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("configuration", [None, "mass_spring", "pendulum"])
def test_the_animation_moves_on_a_white_ground(configuration, clean_rollouts, tmp_path):
    path = tmp_path / "rollout.gif"
    figures.draw_rollout_animation(
        path, times=TIMES, trajectories=clean_rollouts, configuration=configuration, frames=6, fps=10, **NAMES
    )
    with Image.open(path) as image:
        pictures = []
        for frame in range(image.n_frames):
            image.seek(frame)
            assert image.info["duration"] == (1000 if frame == 5 else 100)
            pictures.append(np.asarray(image.convert("RGB")))
    assert len(pictures) == 6
    assert (np.stack(pictures)[:, :, :2] == 255).all()
    for half in (np.s_[:, :450], np.s_[:, 450:]):
        assert all((pictures[i][half] != pictures[i + 1][half]).any() for i in range(5))


def test_the_animation_refuses_an_unknown_configuration(clean_rollouts, tmp_path):
    with pytest.raises(ValueError, match="configuration: expected one of None, 'mass_spring', 'pendulum'"):
        figures.draw_rollout_animation(
            tmp_path / "a.gif", times=TIMES, trajectories=clean_rollouts, configuration="pendulums", **NAMES
        )


def test_more_degrees_of_freedom_than_a_plane_are_refused(clean_rollouts, tmp_path):
    with pytest.raises(ValueError, match=r"expected states \[N, 2\]"):
        figures.draw_phase_portrait(
            tmp_path / "a.png", fields={}, observed=np.zeros([5, 4]), rollouts=clean_rollouts, **NAMES
        )


def test_limits_hold_the_truth_and_near_rollouts_only():
    truth = np.array([-1.0, 1.0])
    assert limits.axis_limits([truth], [np.array([1.5, np.nan])], stretch=1.0, margin=0.0) == (-1.0, 1.5)
    assert limits.axis_limits([truth], [np.array([1e200, -9.0, np.inf])], stretch=0.5, margin=0.0) == (-2.0, 1.0)
    assert limits.axis_limits([truth], [np.array([50.0])], stretch=0.5, margin=0.0) == (-1.0, 2.0)


@pytest.mark.parametrize("values", [[], [np.nan], [0.0], [3.0, 3.0], [-1e-9], [1e99]])
def test_limits_are_finite_and_different(values):
    low, high = limits.axis_limits([np.array(values)])
    assert np.isfinite([low, high]).all()
    assert low < high


def test_a_line_far_away_doesnt_cross_the_axes():
    shown = limits.line_near(np.array([0.5, 9.0, 9.0, -np.inf, np.nan, 0.2]), (0.0, 1.0))
    np.testing.assert_array_equal(shown, [0.5, 2.0, np.nan, np.nan, np.nan, 0.2])


@pytest.mark.slow
@pytest.mark.parametrize("broken", [np.nan, np.inf, 1e300])
def test_the_hamiltonian_may_be_broken(broken, observed, tmp_path):
    def learned(state):
        energy = systems.Pendulum().hamiltonian(state)
        return tf.where(state[:, 0] > 0.5, tf.constant(broken, energy.dtype), energy)

    for true in (systems.Pendulum().hamiltonian, None):
        figures.draw_hamiltonian(
            tmp_path / "a.png", true=true, learned=learned, observed=observed, energy_unit="J", **NAMES
        )


def test_the_shift_of_the_learned_hamiltonian_is_removed(observed, tmp_path, monkeypatch):
    drawn = []
    contourf = Axes.contourf

    def spy(ax, q, p, energy, **kwargs):
        drawn.append((energy, kwargs["levels"]))
        return contourf(ax, q, p, energy, **kwargs)

    monkeypatch.setattr(Axes, "contourf", spy)
    true = systems.Pendulum().hamiltonian
    figures.draw_hamiltonian(
        tmp_path / "a.png",
        true=true,
        learned=lambda state: true(state) + 7.0,
        observed=observed,
        energy_unit="J",
        **NAMES,
    )
    (true_energy, true_levels), (learned_energy, learned_levels), (difference, difference_levels) = drawn
    np.testing.assert_allclose(learned_energy, true_energy, atol=1e-12)
    np.testing.assert_array_equal(learned_levels, true_levels)
    np.testing.assert_allclose(difference, 0.0, atol=1e-12)
    # Round-off isn't drawn as a pattern.
    assert min(abs(difference_levels[difference_levels != 0])) > 1e-9


def test_a_label_without_a_role_has_a_look_of_its_own():
    lines = style.line_styles(["truth", "hnn", "baseline", "another", "more"])
    assert len({line["color"] for line in lines.values()}) == 5
