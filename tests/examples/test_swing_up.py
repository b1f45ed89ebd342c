"""The example of control swings the true pendulum up."""

import re
import runpy

import command_session
import numpy as np
import pytest
from PIL import Image

from hnn_tf.systems import DrivenPendulum

GRAVITY, FRICTION = 9.81, 0.1
PENDULUM = DrivenPendulum(gravity=GRAVITY, damping=FRICTION)
ROW = r"^(.+?) +(?:upright from (\S+) s|not upright), angle error (\S+) rad, energy (\S+) J, torque <= (\S+) N m$"


@pytest.fixture(scope="module")
def example():
    return runpy.run_path(str(command_session.ROOT / "examples" / "swing_up.py"))


def test_the_feedback_solves_the_riccati_equation_at_the_top(example):
    balance = example["Balance"](PENDULUM)
    # With A = [[0, 1], [g, -c]], B = [0, 1], Q = 1 and R = 1, A'P + PA - PBB'P + Q = 0 is solved by hand: its first and
    # last entries are 2 g x - x^2 + 1 = 0 and 2 x - 2 c y - y^2 + 1 = 0 for the gains (x, y), which are P's last row.
    angle_gain = GRAVITY + np.sqrt(GRAVITY**2 + 1.0)
    momentum_gain = -FRICTION + np.sqrt(FRICTION**2 + 2.0 * angle_gain + 1.0)
    # Rounding of a Schur decomposition with entries of order 100; a tenth digit would be wrong physics nowhere.
    np.testing.assert_allclose(balance.gains, [angle_gain, momentum_gain], rtol=1e-10)
    # On the border of the ellipse, along the gains' own direction, the feedback needs exactly the largest torque.
    direction = np.linalg.solve(balance.cost, balance.gains)
    border = direction * np.sqrt(balance.bound / (direction @ balance.cost @ direction))
    assert abs(balance(np.array([np.pi, 0.0]) + border)) == pytest.approx(3.0, rel=1e-10)


def test_full_turns_are_no_error(example):
    states = np.array([[np.pi, 1.0], [3.0 * np.pi + 0.1, 0.0], [-np.pi - 0.2, -2.0]])
    # Roundings of angles of order 10.
    np.testing.assert_allclose(example["error"](states), [[0.0, 1.0], [0.1, 0.0], [-0.2, -2.0]], atol=1e-14)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")  # Keras' own
def test_a_learned_model_swings_the_true_pendulum_up(run_example, tmp_path):
    output = run_example("swing_up.py", "--num_recordings=15")
    rows = {name: numbers for name, *numbers in re.findall(ROW, output, re.MULTILINE)}
    assert rows.keys() == {"energy shaping", "plan", "repeated plan"}
    for *_, torque in rows.values():
        assert float(torque) <= 3.0
    # An open-loop plan may miss, because errors of the model grow at the top. The other two look where they are.
    for name in ("energy shaping", "repeated plan"):
        since, angle, energy, _ = rows[name]
        assert since
        assert float(since) < 9.0
        # Noise of 0.02 in the states that the feedback sees keeps the pendulum moving, by about as much.
        assert float(angle) < 0.1
        assert float(energy) == pytest.approx(2.0 * GRAVITY, abs=0.1)
    with Image.open(tmp_path / "swing_up.png") as figure:
        assert figure.size == (900, 720)
