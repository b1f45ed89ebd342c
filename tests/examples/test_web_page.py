"""The page of examples/web in a headless Chromium: it draws, can be dragged, and keeps the energy that it shows."""

import functools
import http.server
import runpy
import sys
import threading

import keras
import numpy as np
import pytest
import tensorflow as tf
import tensorflowjs_client
import webdriver
from absl import flags
from command_session import ROOT

import hnn_tf
from hnn_tf.export.saved_model import export_model

ARROW_LEFT, ARROW_UP = "\ue012", "\ue013"
MARGIN = 34  # px, of the portrait's canvas: where drawing.js has its axes


def _build(*arguments):
    before = set(flags.FLAGS)
    argv, sys.argv = sys.argv, ["build.py", *arguments]
    try:
        runpy.run_path(str(ROOT / "examples" / "web" / "build.py"), run_name="__main__")
    finally:
        sys.argv = argv
        for flag in set(flags.FLAGS) - before:
            delattr(flags.FLAGS, flag)
        flags.FLAGS.unparse_flags()


def _toy(seed=0):
    """A pendulum roughly learned: in a model that learned nothing there would be no energy to keep."""
    keras.utils.set_random_seed(seed)
    state = np.random.default_rng(seed).uniform(-2.6, 2.6, [4096, 2]).astype("float32")
    model = hnn_tf.HamiltonianNetwork(hnn_tf.MLPHamiltonian(hidden_units=[16, 16]), name="hnn")
    model.compile(optimizer=keras.optimizers.Adam(1e-2), loss="mse")
    model.fit(state, hnn_tf.systems.Pendulum()(state), batch_size=256, epochs=15, verbose=0)
    return model


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def model():
    return _toy()


@pytest.fixture(scope="module")
def site(tmp_path_factory, model):
    """Address of the built page."""
    folder = tmp_path_factory.mktemp("site")
    saved_model = export_model(model, folder / "served")
    bundle = tensorflowjs_client.bundle(tmp_path_factory)
    _build(f"--saved_model={saved_model}", f"--output_dir={folder / 'web'}", f"--tensorflowjs={bundle}")
    handler = functools.partial(_Quiet, directory=str(folder / "web"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.fixture
def page(site, tmp_path):
    """The page, its first motion complete."""
    with webdriver.Browser(tmp_path / "profile", width=1100, height=900) as browser:
        browser.open(site)
        _wait_until_complete(browser)
        yield browser
        assert browser.console() == []


def _wait_until_complete(browser):
    # The motion and the numbers beside it: 20 s, every 0.05 s.
    browser.wait_for(
        "globalThis.page?.energies.length > 400 && document.getElementById('seconds').textContent === '20'"
    )


def _drawn(browser, canvas):
    """Number of pixels of a canvas that have the motion's colour, nearly; and the picture."""
    # A copy: Chromium complains of canvases that are drawn and read by turns.
    script = f"""(() => {{
      const source = document.getElementById("{canvas}");
      const copy = document.createElement("canvas");
      [copy.width, copy.height] = [source.width, source.height];
      const context = copy.getContext("2d", {{ willReadFrequently: true }});
      context.drawImage(source, 0, 0);
      const {{ data }} = context.getImageData(0, 0, copy.width, copy.height);
      let count = 0;
      for (let i = 0; i < data.length; i += 4) {{
        count += Math.hypot(data[i] - 0x00, data[i + 1] - 0x72, data[i + 2] - 0xb2) < 30 && data[i + 3] > 200;
      }}
      return [count, copy.toDataURL()];
    }})()"""
    return browser.evaluate(script)


def _place(browser, q, p):
    left, top, width, reach = browser.evaluate(
        "(({ left, top, width }) => [left, top, width, page.range])"
        "(document.getElementById('portrait').getBoundingClientRect())"
    )
    half = (width - 2 * MARGIN) / 2
    return left + MARGIN + half * (1 + q / reach), top + MARGIN + half * (1 - p / reach)


@pytest.mark.export
def test_the_motion_is_the_models(page, model):
    assert page.evaluate("page.trajectory[0]") == [1.4, 0]
    times = np.arange(401, dtype="float32") * np.float32(0.05)
    state = tf.constant([1.4, 0.0])
    expected = hnn_tf.rollout_at_times(model, state, times, max_step_size=0.05)
    # 400 steps' rounding in float32, in another order; the motion itself is as large as 1.4.
    np.testing.assert_allclose(page.evaluate("page.trajectory"), expected, atol=1e-3)
    for canvas, least in (("portrait", 1000), ("pendulum", 300), ("energies", 300)):
        assert _drawn(page, canvas)[0] > least, canvas


@pytest.mark.export
def test_the_shown_energy_stays(page):
    energies = np.array(page.evaluate("page.energies"))
    # The steps' error (rk4, 0.05 s) and float32's: a ten-thousandth of what the lines of the portrait span.
    assert np.ptp(page.evaluate("page.grid.energies")) > 5
    assert np.ptp(energies) < 1e-3
    shown = float(page.evaluate("document.getElementById('change').textContent").removesuffix(" J"))
    assert shown == pytest.approx(np.max(np.abs(energies - energies[0])), abs=1e-6)


@pytest.mark.export
def test_a_drag_moves_the_state_and_its_motion(page, model):
    before, portrait = page.evaluate("page.trajectory"), _drawn(page, "portrait")[1]
    page.drag([_place(page, 1.4, 0.0), _place(page, 1.0, 0.5), _place(page, -0.5, 1.0)])
    _wait_until_complete(page)
    after = page.evaluate("page.trajectory")
    # Whole pixels.
    np.testing.assert_allclose(after[0], [-0.5, 1.0], atol=0.02)
    assert np.max(np.abs(np.subtract(after, before))) > 0.5
    assert _drawn(page, "portrait")[1] != portrait
    energies = page.evaluate("page.energies")
    assert energies[0] == pytest.approx(float(model.hamiltonian(tf.constant([after[0]]))[0]), abs=1e-4)
    assert np.ptp(energies) < 1e-3
    assert page.evaluate("document.getElementById('angle').textContent") == f"{after[0][0]:.2f} rad".replace("-", "−")


@pytest.mark.export
def test_keys_move_the_state_and_the_button_pauses(page):
    page.evaluate("document.getElementById('portrait').focus()")
    page.press(ARROW_LEFT, ARROW_LEFT, ARROW_UP)
    np.testing.assert_allclose(page.evaluate("page.trajectory[0]"), [1.3, 0.05], atol=1e-6)
    page.evaluate("document.getElementById('play').click()")
    assert page.evaluate("[page.playing, document.getElementById('play').textContent]") == [False, "Play"]
    time = page.evaluate("page.time")
    page.evaluate("new Promise((done) => setTimeout(done, 300))")
    assert page.evaluate("page.time") == time


@pytest.mark.export
def test_a_narrow_window_has_it_all(page):
    page.resize(500, 900)
    page.wait_for("innerWidth <= 500")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    widths = page.evaluate("[...document.querySelectorAll('canvas')].map((canvas) => canvas.clientWidth)")
    assert min(widths) > 380
    assert page.evaluate(
        "[...document.querySelectorAll('canvas')].every((canvas) => canvas.getAttribute('aria-label') "
        "|| document.getElementById(canvas.getAttribute('aria-labelledby')).textContent)"
    )


def test_only_a_pendulums_model_makes_a_page(tmp_path, capsys):
    baseline = hnn_tf.BaselineNetwork(hidden_units=[8])
    baseline.build([None, 2])
    saved_model = export_model(baseline, tmp_path / "served")
    (tmp_path / "tf.min.js").write_text("")
    for library, message in (
        ("missing.js", "error: --tensorflowjs="),
        ("tf.min.js", f"error: --saved_model={saved_model}: expected a Hamiltonian model"),
    ):
        arguments = [f"--saved_model={saved_model}", f"--output_dir={tmp_path / 'web'}"]
        with pytest.raises(SystemExit, match="2"):
            _build(*arguments, f"--tensorflowjs={tmp_path / library}")
        error = capsys.readouterr().err
        assert error.startswith(message)
        assert error.count("\n") == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["served", "tf.min.js"]


@pytest.mark.parametrize("of", ["inputs", "parameters"])
def test_a_model_that_needs_more_than_a_state_makes_no_page(of, tmp_path, capsys):
    parts = {"inputs": {"control": hnn_tf.LinearInput(1)}, "parameters": {}}[of]
    hamiltonian = hnn_tf.MLPHamiltonian(hidden_units=[8], num_parameters=int(of == "parameters"))
    model = hnn_tf.HamiltonianNetwork(hamiltonian, **parts)
    model.build([None, 2])
    saved_model = export_model(model, tmp_path / "served")
    (tmp_path / "tf.min.js").write_text("")
    with pytest.raises(SystemExit, match="2"):
        _build(
            f"--saved_model={saved_model}",
            f"--output_dir={tmp_path / 'web'}",
            f"--tensorflowjs={tmp_path / 'tf.min.js'}",
        )
    error = capsys.readouterr().err
    assert f"expected a model of a free motion, which the page can show; received one with {of}" in error
    assert error.count("\n") == 1
