"""What every test starts from: the same seeds, the default precision, and no silent AutoGraph fallback."""

import os
import runpy
import sys
from unittest import mock

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import command_session
import garbage_collection  # noqa: F401 - takes effect for the imports below
import keras
import numpy as np
import pytest
import tensorflow as tf
from absl import flags
from matplotlib.figure import Figure

from hnn_tf.figures import canvas


def pytest_unconfigure():
    command_session.end()


@pytest.fixture(autouse=True, scope="module")
def _fresh_tensorflow():
    keras.utils.set_random_seed(0)


@pytest.fixture(autouse=True)
def _fresh_keras():
    # TensorFlow's seed throws away all kernels and all compiled functions: to make these again for each test took long.
    with mock.patch.object(tf.random, "set_seed"):
        keras.utils.set_random_seed(0)
    keras.config.set_dtype_policy("float32")
    yield
    keras.config.set_dtype_policy("float32")


@pytest.fixture(autouse=True)
def _no_autograph_fallback(caplog):
    tf.get_logger().addHandler(caplog.handler)
    yield
    tf.get_logger().removeHandler(caplog.handler)
    fallbacks = [record.getMessage() for record in caplog.records if "AutoGraph" in record.getMessage()]
    assert not fallbacks, fallbacks


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def drawn(monkeypatch):
    """The figures that were drawn."""
    figures = []

    class Recorded(Figure):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            figures.append(self)

    monkeypatch.setattr(canvas, "Figure", Recorded)
    return figures


@pytest.fixture
def run_example(tmp_path, monkeypatch, capsys):
    """Runs an example as a program, in an empty folder; returns what it printed."""

    def run(name, *arguments):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", [name, *arguments])
        before = set(flags.FLAGS)
        try:
            runpy.run_path(str(command_session.ROOT / "examples" / name), run_name="__main__")
        finally:
            for flag in set(flags.FLAGS) - before:
                delattr(flags.FLAGS, flag)  # the next example defines its own
            flags.FLAGS.unparse_flags()
        return capsys.readouterr().out

    return run
