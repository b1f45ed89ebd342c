"""A report in a headless Chromium: it asks for nothing, fits the window, and its figures are visible."""

import functools
import http.server
import threading

import pytest
import report_examples
import webdriver

from hnn_tf.reports import write_report

EXAMPLES = {"pendulum": (report_examples.pendulum, 6), "oscillators": (report_examples.oscillators, 5)}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The address of a server with the reports, and the list of the paths that it was asked for."""
    folder, asked = tmp_path_factory.mktemp("reports"), []
    for name, (contents, _) in EXAMPLES.items():
        write_report(folder / f"{name}.html", contents())

    class Noting(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            asked.append(self.path)

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Noting, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with webdriver.Browser(tmp_path_factory.mktemp("profile"), width=1280, height=900) as opened:
        yield opened


def _show(browser, address, width, media=""):
    browser._call("POST", "/goog/cdp/execute", {"cmd": "Emulation.setEmulatedMedia", "params": {"media": media}})
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    command = {"cmd": "Emulation.setDeviceMetricsOverride", "params": metrics}
    browser._call("POST", "/goog/cdp/execute", command)
    browser.open(address)
    browser.wait_for("document.readyState === 'complete'")
    assert browser.evaluate("innerWidth") == width


@pytest.mark.export
@pytest.mark.parametrize("width", [1280, 400])
@pytest.mark.parametrize("name", EXAMPLES)
def test_a_report_fits_its_window_and_asks_for_nothing(name, width, site, browser):
    address, asked = site
    asked.clear()
    _show(browser, f"{address}/{name}.html", width)
    assert browser.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    outside = """[...document.querySelectorAll("body *")].filter((element) =>
      !element.closest(".scroll, pre") && element.getBoundingClientRect().right > innerWidth + 0.5
    ).map((element) => element.outerHTML.slice(0, 100))"""
    assert browser.evaluate(outside) == []
    assert browser.evaluate("performance.getEntriesByType('resource').map((entry) => entry.name)") == []
    assert asked == [f"/{name}.html"]
    assert browser.console() == []


@pytest.mark.export
@pytest.mark.parametrize("name", EXAMPLES)
def test_every_figure_has_a_size_and_readable_text(name, site, browser):
    address, _ = site
    for width in (1280, 400):
        _show(browser, f"{address}/{name}.html", width)
        sizes = browser.evaluate(
            "[...document.querySelectorAll('figure svg')].map((svg) => [svg.clientWidth, svg.clientHeight,"
            " Math.min(...[...svg.querySelectorAll('text')].map((text) => parseFloat(getComputedStyle(text).fontSize)))"
            " * svg.clientWidth / svg.viewBox.baseVal.width])"
        )
        assert len(sizes) == EXAMPLES[name][1]
        for across, high, text in sizes:
            assert across >= 500
            assert high >= 80
            assert text >= 7.4


@pytest.mark.export
@pytest.mark.parametrize("name", EXAMPLES)
def test_the_text_of_a_figure_stays_inside(name, site, browser):
    address, _ = site
    _show(browser, f"{address}/{name}.html", 1280)
    # The browser draws the text with its own font, which is not the one with which the figure was laid out.
    cut = """[...document.querySelectorAll("figure svg")].flatMap((svg) => {
      const frame = svg.getBoundingClientRect();
      return [...svg.querySelectorAll("text")].filter((text) => {
        const box = text.getBoundingClientRect();
        return box.left < frame.left - 1 || box.right > frame.right + 1;
      }).map((text) => text.textContent);
    })"""
    assert browser.evaluate("document.querySelectorAll('figure svg text').length") > 50
    assert browser.evaluate(cut) == []


@pytest.mark.export
def test_a_report_fits_on_paper(site, browser):
    address, _ = site
    # The width of A4 between its margins, 180 mm. On paper, nothing can be scrolled.
    _show(browser, f"{address}/pendulum.html", 680, media="print")
    outside = """[...document.querySelectorAll("body *")].filter(
      (element) => element.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5
    ).map((element) => element.outerHTML.slice(0, 100))"""
    assert browser.evaluate(outside) == []
    assert browser.evaluate("getComputedStyle(document.querySelector('nav')).display") == "none"


@pytest.mark.export
def test_wide_tables_scroll_in_their_boxes(site, browser):
    address, _ = site
    _show(browser, f"{address}/pendulum.html", 400)
    wide = "[...document.querySelectorAll('.table .scroll')].filter((box) => box.scrollWidth > box.clientWidth).length"
    assert browser.evaluate(wide) >= 3
    _show(browser, f"{address}/pendulum.html", 1280)
    assert browser.evaluate(wide) == 0


@pytest.mark.export
def test_a_report_opens_from_its_file(tmp_path, browser):
    write_report(tmp_path / "report.html", report_examples.pendulum())
    browser.open((tmp_path / "report.html").as_uri())
    assert browser.evaluate("document.title") == "Damped pendulum, laboratory course 3"
    assert browser.console() == []
