"""The figure of measurements, with a gap, outliers, and velocities that were not measured."""

import matplotlib.figure
import numpy as np
import pytest
from measured_tables import oscillation, prepare

from hnn_tf.figures import draw_measurements


@pytest.fixture
def drawn(monkeypatch):
    """The figures that are saved."""
    figures = []
    save = matplotlib.figure.Figure.savefig
    monkeypatch.setattr(
        matplotlib.figure.Figure,
        "savefig",
        lambda self, *args, **options: (figures.append(self), save(self, *args, **options)),
    )
    return figures


def _draw(path, **roles):
    columns = {name: np.delete(values, np.arange(120, 190)) for name, values in oscillation(300, noise=0.01).items()}
    columns["x"][60] += 0.6
    found = prepare(columns, units=("t=s", "x=m"), **roles)
    draw_measurements(path, recordings=found.recordings, report=found.report)
    return columns


def test_all_readings_are_drawn_and_outliers_and_gaps_are_marked(tmp_path, drawn):
    columns = _draw(tmp_path / "figure.png")
    assert (tmp_path / "figure.png").read_bytes().startswith(b"\x89PNG")
    ax = drawn[0].axes[0]
    readings = np.concatenate([line.get_ydata() for line in ax.lines if line.get_label() == "run.csv"])
    np.testing.assert_array_equal(readings[~np.isnan(readings)], np.delete(columns["x"], 60))
    (outliers,) = (line for line in ax.lines if line.get_label() == "outliers")
    assert outliers.get_xdata().tolist() == [6.0]
    (gap,) = (patch for patch in ax.patches if patch.get_label() == "gaps")
    assert gap.get_extents().width > 0


def test_velocities_that_were_not_measured_are_not_drawn(tmp_path, drawn):
    _draw(tmp_path / "figure.png", velocities=())
    assert [ax.get_ylabel() for ax in drawn[0].axes] == ["$x$ (m)", "$x$ residual (%)", "interval (s)", "readings"]
