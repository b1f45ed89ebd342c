"""The figure of forces: a panel for each kind and each joint, with the truth and the models that have this kind."""

import numpy as np
import pytest

from hnn_tf import figures

TIMES = np.linspace(0.0, 1.0, 12)
TRUE = np.stack([np.sin(TIMES), np.cos(TIMES)], 1)


def test_each_panel_has_the_lines_that_there_are(tmp_path, drawn):
    forces = {"torque": {"true": TRUE, "mechanical": 1.1 * TRUE, "force_network": TRUE}, "gravity": {"true": TRUE}}
    figures.draw_forces(tmp_path / "forces.png", times=TIMES, forces=forces, names=("joint 1", "joint 2"))
    axes = np.reshape(drawn[0].axes, [2, 2])
    assert [len(ax.lines) for ax in axes[:, 0]] == [3, 1]
    assert [ax.get_ylabel() for ax in axes[:, 0]] == ["torque (N m)", "gravity (N m)"]
    assert [ax.get_title() for ax in axes[0]] == ["joint 1", "joint 2"]
    np.testing.assert_array_equal(axes[0, 1].lines[1].get_ydata(), 1.1 * TRUE[:, 1])
    assert [text.get_text() for text in drawn[0].legends[0].get_texts()] == ["truth", "mechanical", "force_network"]
    assert (tmp_path / "forces.png").read_bytes()[:4] == b"\x89PNG"


def test_what_cannot_be_drawn_is_refused(tmp_path):
    with pytest.raises(ValueError, match="expected at least one kind of force"):
        figures.draw_forces(tmp_path / "forces.png", times=TIMES, forces={}, names=("joint 1",))
    with pytest.raises(ValueError, match=r"forces\['torque'\]\['true'\]: expected shape \[12, 1\]"):
        figures.draw_forces(tmp_path / "f.png", times=TIMES, forces={"torque": {"true": TRUE}}, names=("joint 1",))
