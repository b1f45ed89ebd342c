"""The page of a report: it shows what there is, escapes all text, and needs no other file."""

import dataclasses
import html.parser
import re

import numpy as np
import pytest
import report_examples

from hnn_tf.reports import Candidate, Forecast, Measurements, PhysicalQuantity, report_html, write_report
from hnn_tf.reports.model_sections import forecast_table

BARE = {"measurements": (), "candidates": (), "energy_grid": (), "forecasts": ()}
_VOID = {"meta", "link", "br"}


class _Page(html.parser.HTMLParser):
    """The elements of a page, its text, and the elements that were closed in a wrong order."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.attributes, self.text, self.open, self.wrong = [], [], [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data):
        self.text.append(data)


@pytest.fixture(scope="module")
def pendulum():
    return report_html(report_examples.pendulum())


@pytest.fixture(scope="module")
def oscillators():
    return report_html(report_examples.oscillators())


@pytest.mark.slow
def test_the_elements_are_closed_in_order_and_ids_are_unique(pendulum, oscillators):
    for page in (pendulum, oscillators):
        read = _Page(page)
        assert (read.wrong, read.open) == ([], [])
        ids = [value for name, value in read.attributes if name == "id"]
        assert len(ids) == len(set(ids)) > 10
        targets = re.findall(r'(?:url\(|href=")#([^")]+)', page)
        assert set(targets) <= set(ids)


@pytest.mark.slow
def test_every_section_and_figure_is_there(pendulum):
    assert re.findall(r"<h2>([^<]+)</h2>", pendulum) == [
        "What was measured",
        "What was tried",
        "What was learned",
        "How well it predicts",
        "Warnings",
        "How to use it",
        "How to repeat it",
    ]
    assert re.findall(r"<b>(Figure \d)\.</b>", pendulum) == [f"Figure {number}" for number in range(1, 7)]
    assert pendulum.count("<svg") == pendulum.count('role="img" aria-label="') == 6


@pytest.mark.slow
def test_figures_are_small(pendulum, oscillators):
    sizes = [len(svg) for page in (pendulum, oscillators) for svg in re.findall(r"<svg.*?</svg>", page, re.DOTALL)]
    assert len(sizes) == 11
    assert max(sizes) < 150_000


@pytest.mark.slow
def test_parts_that_do_not_exist_are_left_out(oscillators):
    text = "".join(_Page(oscillators).text)
    for missing in ("log evidence", "90 % band", "noise of the readings", "Residuals", "How to use it", "SHA-256"):
        assert missing not in text, missing
    assert "The coordinates p1 and p2 were not measured, and the model infers them from the motion." in text
    assert text.count("not measured") == 3
    assert "The state has 2 positions and as many momenta." in text
    assert "The run found nothing to warn of." in text


def test_an_empty_report_is_a_page():
    page = report_html(report_examples.oscillators(**BARE))
    assert "<svg" not in page
    assert re.findall(r"<h2>([^<]+)</h2>", page) == ["What was measured", "Warnings"]


def test_names_from_files_are_only_text():
    evil = '<script>alert("1")</script> $x_{$ & \u202e "\' -->'
    contents = report_examples.pendulum(
        title=evil,
        state_names=(evil, "b"),
        state_units=(evil, ""),
        time_unit=evil,
        explanation=(evil,),
        warnings=(evil,),
        candidates=[
            Candidate(name=evil, description=evil, held_out_error=0.1, chosen=True),
            Candidate(name="x", description="y", held_out_error=0.2),
            Candidate(name="z", description="y", failed=evil),
        ],
        physical=[PhysicalQuantity(name=evil, value=1.0, unit=evil)],
        use_commands=[(evil, evil)],
        settings={evil: [evil]},
    )
    name = {"name": evil, "sha256": evil, "rows": 1, "role": evil, "unit": evil}
    data = {"files": [name], "recordings": [name], "columns": [name], "warnings": [evil]}
    recordings = [dataclasses.replace(part, recording=evil) for part in contents.measurements]
    forecasts = [dataclasses.replace(part, recording=evil) for part in contents.forecasts]
    residuals = [dataclasses.replace(part, column=evil, verdict=evil) for part in contents.residuals]
    page = report_html(
        dataclasses.replace(contents, data=data, measurements=recordings, forecasts=forecasts, residuals=residuals)
    )
    read = _Page(page)
    assert "script" not in read.tags
    assert not [name for name, _ in read.attributes if name.startswith("on")]
    assert (read.wrong, read.open) == ([], [])
    assert "\u202e" not in page
    assert page.count('&lt;script&gt;alert("1")') + page.count("&lt;script&gt;alert(&quot;1&quot;)") > 15


@pytest.mark.slow
def test_nothing_outside_is_named(pendulum):
    assert not re.findall(r"https?:", pendulum)
    addresses = [value for name, value in _Page(pendulum).attributes if name in ("src", "href", "xlink:href")]
    assert {address[0] for address in addresses if address != "data:,"} == {"#"}
    assert "default-src 'none'" in pendulum


def test_letters_of_all_languages_are_drawn_as_text():
    page = report_html(report_examples.oscillators(state_names=("角度", "угол", "p₁", "p₂")))
    svg = re.findall(r"<svg.*?</svg>", page, re.DOTALL)[0]
    assert "角度 (m)</text>" in svg
    assert "угол (m)</text>" in svg


@pytest.mark.slow
def test_equal_contents_are_equal_pages(oscillators):
    assert report_html(report_examples.oscillators()) == oscillators


@pytest.mark.slow
def test_missing_and_constant_readings_are_drawn():
    contents = report_examples.oscillators()
    nothing = [dataclasses.replace(part, measured=np.full_like(part.measured, np.nan)) for part in contents.forecasts]
    constant = [Measurements(recording="rest", times=np.arange(5.0), values=np.zeros([5, 2]))]
    page = report_html(dataclasses.replace(contents, forecasts=nothing, measurements=constant))
    assert page.count("<svg") == 5
    assert "nan" not in "".join(_Page(page).text).lower().split()


@pytest.mark.slow
def test_a_forecast_that_diverges_does_not_hide_the_readings():
    contents = report_examples.oscillators()
    [forecast] = contents.forecasts
    predicted, energy = forecast.predicted.copy(), forecast.energy.copy()
    predicted[20:40], predicted[40:], energy[30:] = 1e250, np.inf, np.inf
    diverged = [dataclasses.replace(forecast, predicted=predicted, energy=energy)]
    only = BARE | {"forecasts": diverged}
    page = report_html(report_examples.oscillators(**only))
    assert page.count(">diverges<") == 4
    places = [float(place) for place in re.findall(r'<use [^>]*y="([^"]+)"', page)]
    assert len(places) > 200
    # Each reading is at its own place, not on one line at the bottom of an endless axis.
    assert len(set(places)) > 100
    assert max(map(abs, map(float, re.findall(r"-?\d+\.\d+", "".join(re.findall(r' d="([^"]+)"', page)))))) < 2000


@pytest.mark.slow
def test_many_panels_are_a_small_figure():
    times = np.linspace(0.0, 400.0, 4000)
    values = np.random.default_rng(0).standard_normal([4000, 6])
    states = np.concatenate([values, values], axis=1)
    half = {"times": times[2000:], "measured": values[2000:], "predicted": states[2000:], "energy": times[2000:]}
    band = {"low": states[2000:] - 1.0, "high": states[2000:] + 1.0}
    forecast = Forecast(recording="r", context_times=times[:2000], context_values=values[:2000], **half, **band)
    names = tuple(f"coordinate {number}" for number in range(12))
    contents = report_examples.oscillators(
        **BARE | {"forecasts": [forecast] * 4},
        state_names=names,
        state_units=("m",) * 12,
        observed=np.arange(12) < 6,
        training_states=states,
    )
    page = report_html(contents)
    assert max(map(len, re.findall(r"<svg.*?</svg>", page, re.DOTALL))) < 150_000
    assert "The figure shows the first 1 of 4 recordings. The figure shows the first 8 of 12 coordinates." in page


def test_the_errors_of_the_table_are_those_of_the_forecast():
    contents = report_examples.oscillators()
    [forecast] = contents.forecasts
    shifted = dataclasses.replace(forecast, measured=forecast.measured + [0.125, 0.25])
    table = forecast_table(dataclasses.replace(contents, forecasts=[shifted]))
    std = np.std(shifted.measured, axis=0)
    cells = re.findall(r'<td class="number">([^<]*)</td>', table)
    assert cells[1] == "0.12"  # two digits of 0.125
    assert float(cells[2]) == pytest.approx(0.125 / std[0], rel=0.03)  # two digits
    assert cells[4] == "0.25"


def test_the_share_of_readings_in_the_band_is_counted():
    contents = report_examples.pendulum()
    forecast = contents.forecasts[0]
    half = np.where(np.arange(len(forecast.times)) % 2, 1.0, 1e-9)[:, None]
    measured = np.full_like(forecast.measured, np.nan)
    measured[:100] = forecast.predicted[:100] + 1e-3
    changed = dataclasses.replace(
        forecast, measured=measured, low=forecast.predicted - half, high=forecast.predicted + half
    )
    table = forecast_table(dataclasses.replace(contents, forecasts=[changed]))
    assert table.count(">50 %<") == 2


def test_the_file_is_written_completely_or_not_at_all(tmp_path, monkeypatch):
    path, contents = tmp_path / "report.html", report_examples.oscillators(**BARE)
    write_report(path, contents)
    page = path.read_text(encoding="utf-8")
    assert page == report_html(contents)
    monkeypatch.setattr("os.replace", _fail)
    with pytest.raises(OSError, match="no room"):
        write_report(path, report_examples.oscillators(**BARE, title="another"))
    assert path.read_text(encoding="utf-8") == page
    assert [found.name for found in tmp_path.iterdir()] == ["report.html"]


def _fail(*_):
    raise OSError(28, "no room")
