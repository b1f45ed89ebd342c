"""Orbits, still and in motion: what is drawn, whatever a model's trajectory does."""

import numpy as np
import pytest
from PIL import Image

from hnn_tf.figures import orbits
from hnn_tf.figures.orbit_animation import draw_orbit_animation
from hnn_tf.figures.orbits import draw_orbits

TIMES = np.linspace(0.0, 6.0, 61)
PARTS = ("kinetic", "potential", "total")


def _ellipses(growth=0.0):
    radius = np.exp(growth * TIMES)
    first = np.stack([radius * np.cos(TIMES) + 0.2, 0.7 * radius * np.sin(TIMES)], -1)
    return np.stack([first, -first], 1)


@pytest.fixture
def trajectories():
    return {"truth": _ellipses(), "hnn": _ellipses(0.002), "baseline": _ellipses(1.0)}


@pytest.fixture
def energies(trajectories):
    return {label: {part: np.cos(TIMES) * i for i, part in enumerate(PARTS)} for label in trajectories}


@pytest.fixture(params=["huge", "infinite", "nan", "all_nan"])
def broken(request, trajectories):
    """Trajectories of which the baseline's diverges."""
    baseline = trajectories["baseline"]
    if request.param == "huge":
        baseline[30:50:2], baseline[31:50:2], baseline[50:] = 1e300, -1e300, 1e20
    elif request.param == "infinite":
        baseline[30:, 0], baseline[30:, 1] = np.inf, -np.inf
    else:
        baseline[0 if request.param == "all_nan" else 30 :] = np.nan
    return trajectories


def test_a_panel_of_orbits_and_one_of_energies_for_each_label(trajectories, energies, drawn, tmp_path):
    path = tmp_path / "orbits.png"
    draw_orbits(
        path, times=TIMES, trajectories=trajectories, energies=energies, length_unit="m", time_unit="s", energy_unit="J"
    )
    with Image.open(path) as image:
        assert image.width == 900
        assert 450 <= image.height <= 600
    axes = drawn[0].axes
    assert [ax.get_title() for ax in axes] == ["Truth", "HNN", "Baseline", "", "", ""]
    assert [ax.get_xlabel() for ax in axes] == ["$x$ (m)"] * 3 + ["time (s)"] * 3
    assert (axes[0].get_ylabel(), axes[3].get_ylabel()) == ("$y$ (m)", "energy (J)")
    # For each body a line, its start and its end; under the models the truth, faint.
    assert [len(ax.lines) for ax in axes] == [6, 8, 8, 3, 3, 3]
    np.testing.assert_array_equal(axes[1].lines[0].get_xydata(), trajectories["truth"][:, 0])
    np.testing.assert_array_equal(axes[1].lines[2].get_xydata(), trajectories["hnn"][:, 0])
    legends = [[text.get_text() for text in ax.get_legend().get_texts()] for ax in (axes[2], axes[5])]
    assert legends == [["body 1", "body 2", "truth", "start", "end"], ["total", "kinetic", "potential"]]
    curves = {line.get_label(): line.get_ydata() for line in axes[4].lines}
    for part in PARTS:
        np.testing.assert_array_equal(curves[part], energies["hnn"][part])


def test_bodies_have_different_colours_and_the_same_in_every_panel(trajectories, drawn, tmp_path):
    draw_orbits(tmp_path / "a.png", times=TIMES, trajectories=trajectories)
    colours = [[line.get_color() for line in ax.lines] for ax in drawn[0].axes]
    first, second = colours[0][0], colours[0][3]
    assert first != second
    assert colours[0] == [first] * 3 + [second] * 3
    assert colours[1] == colours[2] == [first, second, *colours[0]]


def test_only_the_first_two_coordinates_are_drawn(trajectories, tmp_path):
    spatial = {label: np.concatenate([path, 9.0 + path[..., :1]], -1) for label, path in trajectories.items()}
    for number, paths in enumerate((trajectories, spatial)):
        draw_orbits(tmp_path / f"{number}.png", times=TIMES, trajectories=paths)
    assert (tmp_path / "0.png").read_bytes() == (tmp_path / "1.png").read_bytes()


@pytest.mark.slow
def test_a_diverging_model_spoils_neither_limits_nor_aspect(broken, energies, drawn, tmp_path):
    energies["baseline"]["kinetic"][30:35], energies["baseline"]["kinetic"][35:] = 1e6, 1e300
    energies["baseline"]["total"][40:] = np.nan
    draw_orbits(tmp_path / "a.png", times=TIMES, trajectories=broken, energies=energies)
    truth = broken["truth"]
    for ax in drawn[0].axes[:3]:
        assert ax.get_aspect() == 1.0
        spans = [high - low for low, high in (ax.get_xlim(), ax.get_ylim())]
        assert spans[0] == pytest.approx(spans[1])
        # The truth, a tenth of its size on each side, and the margins.
        assert np.ptp(truth[..., 0]) <= spans[0] <= 1.2 * 1.16 * np.ptp(truth[..., 0])
        assert ax.get_xlim() == drawn[0].axes[0].get_xlim()
    for ax in drawn[0].axes[3:]:
        low, high = ax.get_ylim()
        assert low <= -2.0
        assert 2.0 <= high <= 5.0


@pytest.mark.parametrize("labels", [["hnn"], ["measured", "hnn"], ["truth"]])
def test_labels_may_be_any(labels, drawn, tmp_path):
    paths = {label: _ellipses() for label in labels}
    draw_orbits(tmp_path / "a.png", times=TIMES, trajectories=paths)
    draw_orbit_animation(tmp_path / "a.gif", times=TIMES, trajectories=paths, frames=2)
    faint = [text.get_text() for text in drawn[0].axes[-1].get_legend().get_texts()][2:-2]
    assert faint == (["measured"] if "measured" in labels else [])


@pytest.mark.parametrize("draw", [draw_orbits, draw_orbit_animation])
@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            {"times": TIMES[:-1]},
            r"trajectories\['truth'\]: expected shape \[60, any, any\]; received shape \[61, 2, 2\]",
        ),
        ({"times": TIMES[:, None]}, r"times: expected shape \[any\]; received shape \[61, 1\]"),
        ({"trajectories": {}}, "trajectories: expected an array by label .* received none"),
        ({"trajectories": {"truth": _ellipses()[..., :1]}}, r"d >= 2; received d = 1"),
        (
            {"trajectories": {"truth": _ellipses(), "hnn": _ellipses()[:, :1]}},
            r"trajectories\['hnn'\]: expected shape \[61, 2, 2\]; received shape \[61, 1, 2\]",
        ),
    ],
)
def test_other_shapes_are_refused(draw, changed, message, trajectories, tmp_path):
    with pytest.raises(ValueError, match=message):
        draw(tmp_path / "a.gif", **({"times": TIMES, "trajectories": trajectories} | changed))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda e: e.pop("hnn"), r"energies: expected the labels \['baseline', 'hnn', 'truth'\]; received"),
        (lambda e: e["hnn"].pop("total"), r"energies\['hnn'\]: expected \['kinetic', 'potential', 'total'\]; received"),
        (lambda e: e["hnn"].update(total=TIMES[1:]), r"expected shape \[61\]; received shape \[60\]"),
    ],
)
def test_other_energies_are_refused(spoil, message, trajectories, energies, tmp_path):
    spoil(energies)
    with pytest.raises(ValueError, match=message):
        draw_orbits(tmp_path / "a.png", times=TIMES, trajectories=trajectories, energies=energies)


def test_the_animation_moves_whatever_a_model_does(broken, drawn, tmp_path):
    path = tmp_path / "orbits.gif"
    draw_orbit_animation(path, times=TIMES, trajectories=broken, frames=5, fps=10, time_unit="s")
    with Image.open(path) as image:
        assert image.n_frames == 5
        assert image.width == 900
        assert 300 <= image.height <= 420
        pictures = []
        for frame in range(image.n_frames):
            image.seek(frame)
            assert image.info["duration"] == (1000 if frame == 4 else 100)
            pictures.append(np.asarray(image.convert("RGB")))
    for panel in (np.s_[:, :300], np.s_[:, 300:600]):
        assert all((pictures[i][panel] != pictures[i + 1][panel]).any() for i in range(4))
    assert drawn[0].axes[0].get_xlim() == orbits.orbit_limits(broken)[0]


def test_a_frame_has_nothing_of_those_before_it(trajectories, tmp_path):
    last = []
    for frames in (2, 5):
        path = tmp_path / f"{frames}.gif"
        draw_orbit_animation(path, times=TIMES, trajectories=trajectories, frames=frames)
        with Image.open(path) as image:
            image.seek(frames - 1)
            last.append(np.asarray(image.convert("RGB")))
    np.testing.assert_array_equal(*last)


def test_the_trail_is_as_long_as_told_and_rings_are_at_the_true_bodies(trajectories, drawn, tmp_path):
    draw_orbit_animation(tmp_path / "a.gif", times=TIMES, trajectories=trajectories, frames=2, trail=0.25)
    line, dot = drawn[0].axes[1].lines[:2]
    # The last 1.5 of 6 time units: fifteen steps of a tenth.
    np.testing.assert_allclose(line.get_xydata(), trajectories["hnn"][-16:, 0], atol=1e-12)
    np.testing.assert_allclose(dot.get_xydata(), trajectories["hnn"][-1:, 0])
    rings = drawn[0].axes[1].lines[-1]
    np.testing.assert_allclose(rings.get_xydata(), trajectories["truth"][-1])
