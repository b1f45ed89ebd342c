"""Figures of many panels: energies from many starts, systems in rows, and the portrait of a latent plane."""

import dataclasses

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from hnn_tf.figures.analysis import AnalysisRow, draw_analysis
from hnn_tf.figures.energy_panels import draw_energy_panels
from hnn_tf.figures.latent_portrait import draw_latent_portrait

TIMES = np.linspace(0.0, 4.0, 41)
CIRCLE = np.stack([np.cos(TIMES), -np.sin(TIMES)], -1)


def _diverging(values):
    values = values.copy()
    values[15:20], values[20:25:2], values[21:25:2], values[25:30], values[30:] = 1e6, 1e300, -1e300, np.inf, np.nan
    return values


def _lost(values):
    return np.full_like(values, np.nan)


def _energies(size):
    return {
        "baseline": size * np.exp(-TIMES),
        "truth": np.full_like(TIMES, size),
        "hnn": size + 0.01 * size * np.sin(TIMES),
    }


def _row(title="Mass-spring", truth="truth"):
    energies = _energies(0.5)
    return AnalysisRow(
        title=title,
        times=TIMES,
        trajectories={truth: CIRCLE, "baseline": CIRCLE * np.exp(-TIMES)[:, None], "hnn": 1.01 * CIRCLE},
        errors={"baseline": (1 - np.exp(-TIMES)) ** 2, "hnn": np.full_like(TIMES, 1e-4)},
        conserved={truth if k == "truth" else k: 7.0 + v for k, v in energies.items()},
        energies={truth if k == "truth" else k: v for k, v in energies.items()},
        state_names=("q", "p"),
        state_units=("m", "kg m/s"),
        energy_unit="J",
        time_unit="s",
    )


def _legend(figure):
    return [text.get_text() for text in figure.legends[0].get_texts()]


@pytest.mark.slow
@pytest.mark.parametrize(("panels", "shape"), [(12, (3, 4)), (5, (2, 3)), (1, (1, 1))])
def test_energy_panels_are_a_grid_with_one_legend(panels, shape, drawn, tmp_path):
    path = tmp_path / "energy_panels.png"
    titles = [f"start {i}" for i in range(panels)]
    energies = [_energies(i + 1.0) for i in range(panels)]
    draw_energy_panels(path, times=TIMES, energies=energies, titles=titles, energy_unit="J", time_unit="s")
    with Image.open(path) as image:
        assert image.width == 900
        assert 160 * shape[0] <= image.height <= 160 * shape[0] + 100
    shown = [ax for ax in drawn[0].axes if ax.axison]
    assert drawn[0].axes[0].get_gridspec().get_geometry() == shape
    assert [ax.get_title() for ax in shown] == titles
    assert [ax.get_xlabel() for ax in shown] == [""] * (panels - shape[1]) + ["time (s)"] * min(shape[1], panels)
    assert _legend(drawn[0]) == ["truth", "baseline", "HNN"]
    curves = {line.get_label(): line.get_ydata() for line in shown[-1].lines}
    np.testing.assert_array_equal(curves["HNN"], energies[-1]["hnn"])


def test_each_energy_panel_has_its_own_truths_size_whatever_a_model_does(drawn, tmp_path):
    energies = [_energies(size) for size in (1.0, 100.0)]
    for panel in energies:
        panel["baseline"] = _diverging(panel["baseline"])
    energies.append({"truth": energies[0]["truth"], "hnn": np.full_like(TIMES, np.nan)})
    draw_energy_panels(tmp_path / "a.png", times=TIMES, energies=energies, titles=["1", "100", "nan"])
    for ax, size in zip(drawn[0].axes, (1.0, 100.0, 1.0), strict=False):
        low, high = ax.get_ylim()
        assert low < size < high
        # Once the truth's size on either side, and the margins.
        assert high - low < 2.4 * size


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"titles": ["one", "two"]}, "expected at least one panel and a title for each; received 1 panels, 2 titles"),
        ({"energies": [], "titles": []}, "received 0 panels, 0 titles"),
        ({"energies": [{"hnn": TIMES[1:]}]}, r"energies\[0\]\['hnn'\]: expected shape \[41\]; received shape \[40\]"),
    ],
)
def test_other_energy_panels_are_refused(changed, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        draw_energy_panels(
            tmp_path / "a.png", **({"times": TIMES, "energies": [_energies(1.0)], "titles": ["one"]} | changed)
        )


@pytest.mark.slow
def test_the_analysis_has_four_panels_a_row(drawn, tmp_path):
    path = tmp_path / "analysis.png"
    draw_analysis(path, rows=[_row(), _row("Real pendulum", "measured")])
    with Image.open(path) as image:
        assert image.width == 1080
        assert 400 <= image.height <= 600
    axes = np.array(drawn[0].axes).reshape(2, 4)
    titles = [ax.get_title().replace("\n", " ") for ax in axes.ravel()]
    columns = ["Predictions", "Squared coordinate error", "HNN-conserved quantity", "True energy"]
    assert titles == columns + [""] * 4
    assert [ax.texts[0].get_text() for ax in axes[:, 0]] == ["Mass-spring", "Real pendulum"]
    assert _legend(drawn[0]) == ["truth", "measured", "baseline", "HNN"]
    assert [ax.get_ylabel() for ax in axes[0]] == ["$p$ (kg m/s)", "", "change (J)", "energy (J)"]
    measured = axes[1, 0].lines[0]
    assert (measured.get_marker(), measured.get_linestyle()) == ("o", "None")


def test_learned_and_true_energy_have_the_same_axis_from_the_start(drawn, tmp_path):
    draw_analysis(tmp_path / "a.png", rows=[_row()])
    conserved, energy = drawn[0].axes[2:]
    np.testing.assert_allclose(conserved.get_ylim(), np.array(energy.get_ylim()) - 0.5, atol=1e-12)
    curves = {line.get_label(): line.get_ydata() for line in conserved.lines}
    assert [curve[0] for curve in curves.values()] == [0.0, 0.0, 0.0]
    np.testing.assert_allclose(curves["baseline"], 0.5 * np.exp(-TIMES) - 0.5, atol=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("truth", ["truth", "measured"])
@pytest.mark.parametrize("broken", [_diverging, _lost])
def test_a_diverging_model_spoils_no_panel_of_the_analysis(broken, truth, drawn, tmp_path):
    row = _row(truth=truth)
    names = ("trajectories", "errors", "conserved", "energies")
    arrays = {name: {**getattr(row, name), "baseline": broken(getattr(row, name)["baseline"])} for name in names}
    draw_analysis(tmp_path / "a.png", rows=[dataclasses.replace(row, **arrays)])
    plane, error, conserved, energy = drawn[0].axes
    assert max(np.abs([plane.get_xlim(), plane.get_ylim()]).max(), *np.abs(energy.get_ylim())) < 2.0
    assert max(np.abs(conserved.get_ylim())) < 1.5
    low, high = error.get_ylim()
    assert 1e-9 < low < high <= 20.0


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"times": TIMES[1:]}, r"trajectories of 'Mass-spring'\['truth'\]: expected shape \[40, 2\]; received"),
        ({"trajectories": {"truth": np.zeros([41, 4])}}, r"expected shape \[41, 2\]; received shape \[41, 4\]"),
        ({"errors": {"another": TIMES}}, r"errors of 'Mass-spring': expected labels of .* received \['another'\]"),
        ({"energies": {}}, "energies of 'Mass-spring': expected an array by label"),
    ],
)
def test_other_rows_are_refused(changed, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        draw_analysis(tmp_path / "a.png", rows=[dataclasses.replace(_row(), **changed)])


def test_an_analysis_of_nothing_is_refused(tmp_path):
    with pytest.raises(ValueError, match="rows: expected at least one AnalysisRow; received none"):
        draw_analysis(tmp_path / "a.png", rows=[])


def _learned(state):
    return 3.0 + tf.reduce_sum(state**2, -1)


@pytest.mark.parametrize("coloured", [False, True])
def test_the_latent_portrait_shows_data_and_rollouts_on_level_sets(coloured, rng, drawn, tmp_path):
    path = tmp_path / "latent.png"
    encoded = rng.normal(size=[50, 2])
    options = {"colours": np.arange(50.0), "colour_label": "angle (°)"} if coloured else {}
    rollouts = {"hnn": CIRCLE, "baseline": CIRCLE / 2}
    draw_latent_portrait(path, hamiltonian=_learned, encoded=encoded, rollouts=rollouts, **options)
    with Image.open(path) as image:
        assert image.width == (720 if coloured else 612)
        assert image.height == 504
    ax, *bars = drawn[0].axes
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("$z_q$", "$z_p$")
    assert _legend(drawn[0]) == ["encoded data", "HNN", "baseline"]
    np.testing.assert_array_equal(ax.lines[0].get_xydata(), CIRCLE)
    assert len(bars) == 1 + coloured
    points = next(artist for artist in ax.collections if artist.get_label() == "encoded data")
    np.testing.assert_array_equal(points.get_offsets(), encoded)
    if coloured:
        np.testing.assert_array_equal(points.get_array(), np.arange(50.0))
        assert bars[1].get_ylabel() == "angle (°)"


@pytest.mark.slow
@pytest.mark.parametrize("value", [np.nan, np.inf, 1e300])
@pytest.mark.parametrize("everywhere", [False, True])
def test_a_broken_hamiltonian_or_rollout_doesnt_spoil_the_portrait(value, everywhere, rng, drawn, tmp_path):
    def hamiltonian(state):
        energy = _learned(state)
        return tf.where(everywhere | (state[:, 0] > 0.5), tf.constant(value, energy.dtype), energy)

    encoded = rng.normal(size=[50, 2])
    colours = encoded[:, 0].copy()
    extent = np.abs(encoded).max()
    encoded[3], colours[4] = value, value
    rollouts = {"hnn": CIRCLE, "baseline": _diverging(CIRCLE)}
    draw_latent_portrait(
        tmp_path / "a.png", hamiltonian=hamiltonian, encoded=encoded, rollouts=rollouts, colours=colours
    )
    ax = drawn[0].axes[0]
    assert np.abs([ax.get_xlim(), ax.get_ylim()]).max() < 2.0 * extent
    points = next(artist for artist in ax.collections if artist.get_label() == "encoded data")
    assert np.abs(points.get_clim()).max() <= extent


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"encoded": np.zeros([5, 4])}, r"encoded: expected shape \[any, 2\]; received shape \[5, 4\]"),
        ({"rollouts": {"hnn": TIMES}}, r"rollouts\['hnn'\]: expected shape \[any, 2\]; received shape \[41\]"),
        ({"colours": TIMES}, r"colours: expected shape \[5\]; received shape \[41\]"),
    ],
)
def test_other_latent_shapes_are_refused(changed, message, tmp_path):
    arguments = {"hamiltonian": _learned, "encoded": np.zeros([5, 2]), "rollouts": {}} | changed
    with pytest.raises(ValueError, match=message):
        draw_latent_portrait(tmp_path / "a.png", **arguments)
