"""The examples run, and say what they promise."""

import re

import pytest
from PIL import Image

from hnn_tf import HamiltonianNetwork, LatentHamiltonianNetwork, MLPHamiltonian
from hnn_tf.models import ResidualMLP


@pytest.fixture
def model_path(tmp_path):
    model = HamiltonianNetwork(MLPHamiltonian(hidden_units=[8]))
    model.build([None, 2])
    model.save(tmp_path / "model.keras")
    return tmp_path / "model.keras"


def _energies(output):
    return [float(energy) for energy in re.findall(r"energy (\S+) J", output)]


@pytest.mark.slow
def test_an_energy_bump_goes_up_and_comes_down(run_example, tmp_path):
    output = run_example("energy_bump.py")
    before, added, taken_away = _energies(output)
    # The integrator's own error, which the segments swing by.
    assert added - before == pytest.approx(2, abs=1e-4)
    assert taken_away == pytest.approx(before, abs=1e-4)
    assert "added       +2.000000000 J" in output
    assert "taken away  -2.000000000 J" in output
    with Image.open(tmp_path / "energy_bump.png") as figure:
        assert figure.size == (900, 432)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")  # Keras' own
def test_a_learned_energy_has_one_too(run_example, model_path, tmp_path):
    output = run_example("energy_bump.py", f"--model_path={model_path}", "--amount=0.1", "--figure_path=learned.png")
    before, added, taken_away = _energies(output)
    # The integrator's error, and float32's.
    assert added - before == pytest.approx(0.1, abs=1e-4)
    assert taken_away == pytest.approx(before, abs=1e-4)
    assert (tmp_path / "learned.png").is_file()


def test_more_energy_than_there_is_cannot_be_taken(run_example, capsys):
    with pytest.raises(SystemExit, match="2"):
        run_example("energy_bump.py", "--amount=-5")
    assert "--amount=-5.0: change_energy: " in capsys.readouterr().err


@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")  # Keras' own
@pytest.mark.parametrize("example", ["energy_bump.py", "time_reversal.py"])
def test_a_model_of_other_states_is_refused(run_example, tmp_path, capsys, example):
    model = HamiltonianNetwork(MLPHamiltonian(hidden_units=[8]))
    model.build([None, 4])
    model.save(tmp_path / "wide.keras")
    with pytest.raises(SystemExit, match="2"):
        run_example(example, f"--model_path={tmp_path / 'wide.keras'}")
    error = capsys.readouterr().err
    assert "expected a model of states of width 2; received state (None, 4)" in error
    assert error.count("\n") == 1


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")  # Keras' own
def test_a_latent_has_a_phase_portrait(run_example, model_path, tmp_path, capsys):
    parts = [ResidualMLP(2, hidden_units=8), ResidualMLP(28 * 28 * 2, hidden_units=8)]
    model = LatentHamiltonianNetwork(*parts, HamiltonianNetwork(MLPHamiltonian(hidden_units=[8])))
    model.build([None, 28, 28, 2])
    model.save(tmp_path / "pixels.keras")
    output = run_example("latent_phase_portrait.py", f"--model_path={tmp_path / 'pixels.keras'}")
    # rk4 at half a frame, float32.
    assert float(re.search(r"within (\S+)", output)[1]) < 1e-4
    with Image.open(tmp_path / "latent_phase_portrait.png") as figure:
        figure.verify()
    with pytest.raises(SystemExit, match="2"):
        run_example("latent_phase_portrait.py", f"--model_path={model_path}")
    assert "expected a LatentHamiltonianNetwork" in capsys.readouterr().err


@pytest.mark.slow
def test_coming_home_is_of_the_integrator_the_field_and_the_precision(run_example):
    rows = {}
    for line in run_example("time_reversal.py").splitlines():
        cells = re.split(r"  +", line)
        if len(cells) == 5:
            rows[cells[0], cells[1]] = cells[2:]
    for name in ("leapfrog", "tao4", "implicit_midpoint"):
        reversible, double, single = rows["pendulum", name]
        assert reversible == "yes"
        # Roundings of 800 steps, of either precision: 2e-16 and 1e-7 times a few hundred at most.
        assert float(double) < 1e-13
        assert 1e-8 < float(single) < 1e-4
    # rk4's own error, in either precision.
    reversible, double, single = rows["pendulum", "rk4"]
    assert reversible == "no"
    assert float(double) > 1e-5
    assert float(single) == pytest.approx(float(double), rel=0.5)
    # Friction blows roundings up by e^20.
    _, double, single = rows["with friction, in the wind", "implicit_midpoint"]
    assert 1e-9 < float(double) < 1e-6
    assert float(single) > 0.1
    assert rows["with friction, in the wind", "leapfrog"][1:] == ["refused", "refused"]
