"""A fit that is kept in a folder goes on where it was, and isn't taken for another."""

import keras
import pytest
from small_fits import fit, swings

import hnn_tf
from hnn_tf import ModelOptions, TrainingOptions
from hnn_tf.input_error import InputError
from hnn_tf.training import checkpoint
from hnn_tf.training.short_calls import ShortCalls

# Keras' own, with NumPy 2, when it saves a model.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")


@pytest.fixture(scope="module")
def recordings():
    return swings()


@pytest.fixture(scope="module")
def kept_fit(recordings, tmp_path_factory):
    """The folder of a fit of one step."""
    folder = tmp_path_factory.mktemp("kept")
    fit(recordings, objective="one_step", folder=folder)
    return folder


@pytest.mark.slow
def test_a_fit_that_was_broken_off_goes_on(recordings, tmp_path, monkeypatch):
    options = {"training": TrainingOptions(steps=120)}
    expected, run_towards = fit(recordings, **options), ShortCalls.run_towards

    def broken(self, end):
        if self._loop.step >= 60:
            raise RuntimeError("killed")
        return run_towards(self, end)

    monkeypatch.setattr(checkpoint, "_SECONDS_BETWEEN_SAVES", 0.0)
    with monkeypatch.context() as patched:
        patched.setattr(ShortCalls, "run_towards", broken)
        with pytest.raises(RuntimeError, match="killed"):
            fit(recordings, folder=tmp_path, **options)
    taken = []

    def counted(self, end):
        before = self._loop.step
        loss = run_towards(self, end)
        taken.append(self._loop.step - before)
        return loss

    monkeypatch.setattr(ShortCalls, "run_towards", counted)
    assert fit(recordings, folder=tmp_path, **options).metrics == expected.metrics
    assert 0 < sum(taken) <= 60  # and not all 120


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"training": TrainingOptions(steps=21)}, "training"),
        ({"model": ModelOptions("hnn", hidden_units=(8, 8), activation="softplus")}, "model"),
        ({"model": ModelOptions("hnn", hidden_units=(8, 8), time_reversible=True)}, "model"),
        ({"model": ModelOptions("hnn", hidden_units=(8, 8), precision="float64")}, "model"),
        ({"objective": hnn_tf.ObjectiveOptions("one_step", integrator="rk8")}, "objective"),
        ({"objective": hnn_tf.ObjectiveOptions("one_step", substeps=3)}, "objective"),
    ],
)
def test_a_checkpoint_of_another_fit_is_refused(recordings, kept_fit, changes, part):
    with pytest.raises(
        InputError, match=rf"model_1\.npz: expected a checkpoint of this fit; received a checkpoint of another {part}"
    ):
        fit(recordings, **({"objective": "one_step"} | changes), folder=kept_fit)


@pytest.mark.slow
def test_a_model_of_ones_own_goes_on_though_keras_numbers_its_name(recordings, tmp_path):
    for _ in "ab":
        keras.utils.set_random_seed(0)
        own = hnn_tf.HamiltonianNetwork(hnn_tf.MLPHamiltonian(hidden_units=(4,)))
        found = fit(recordings, model=own, folder=tmp_path)
    assert [path.name for path in (tmp_path / "checkpoints").iterdir()] == ["model_1.npz"]
    assert found.result.steps == 20
