"""The table of many runs: medians beside the published numbers, merged with what was measured before."""

import math

import pytest

from benchmarks.documents import markdown_tables
from benchmarks.paper import result_tables


def _document(energy, *, baseline=None):
    metrics = {"train_loss": 1e-6, "test_loss": 2e-6} | ({"energy_mse": energy} if energy is not None else {})
    document = {"versions": {"hnn_tf": "0"}, "metrics": metrics}
    return document | ({"baseline": {"metrics": metrics | {"energy_mse": baseline}}} if baseline is not None else {})


@pytest.fixture
def results():
    hnn = [_document(e, baseline=b) for e, b in ((1e-5, 0.02), (3e-5, 0.03), (None, 0.5))]
    second = [_document(e) for e in (0.01, 0.02, 0.03)]
    return result_tables.summary({"two_body": {"paper": {"hnn": hnn, "second_order": second}}})


def test_every_model_has_a_number_for_each_seed_or_none(results):
    energies = results["metrics"]["two_body"]["paper"]["energy_mse"]
    assert energies == {"hnn": [1e-5, 3e-5, None], "baseline": [0.02, 0.03, 0.5], "second_order": [0.01, 0.02, 0.03]}


def test_a_cell_is_the_median_with_the_least_and_the_largest():
    assert markdown_tables.spread([3.0, 1.0, 2.0]) == "2 (1 – 3)"
    assert markdown_tables.spread([3e-5, None, 1e-5]) == "2.00e-05 (1.00e-05 – 3.00e-05, 1 diverged)"
    assert markdown_tables.spread([None]) == "all diverged"


def test_the_ratio_is_the_median_over_runs():
    assert result_tables.ratio({"hnn": [1.0, 2.0, 4.0], "baseline": [3.0, 20.0, 4.0]}) == 3.0
    assert result_tables.ratio({"hnn": [1.0], "baseline": [None]}) == math.inf


def test_the_page_shows_published_numbers_under_the_paper_protocol(results):
    row = next(line for line in result_tables.page(results).splitlines() if line.startswith("| `energy_mse`"))
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells[1] == "2.00e-05 (1.00e-05 – 3.00e-05, 1 diverged)"
    assert cells[3] == "0.02 (0.01 – 0.03)"
    assert cells[4] == "1.50e+03"
    assert cells[5:7] == ["3.88e-05", "0.0633"]


def test_a_floor_stands_beside_what_it_is_the_floor_of():
    document = _document(1.0, baseline=1.0)
    for metrics in (document["metrics"], document["baseline"]["metrics"]):
        metrics["test_loss_of_truth"] = 0.036
    page = result_tables.page(result_tables.summary({"pendulum": {"clean": {"hnn": [document]}}}))
    rows = {
        line.split("|")[1].strip(): line.split("|")[-2].strip() for line in page.splitlines() if line.startswith("| `")
    }
    assert rows["`test_loss`"] == "0.036"
    assert rows["`train_loss`"] == ""
    assert "`test_loss_of_truth`" not in rows


def test_a_floor_that_no_run_has_is_left_out():
    document = _document(1.0, baseline=1.0)
    for metrics in (document["metrics"], document["baseline"]["metrics"]):
        metrics["test_loss_of_truth"] = None
    page = result_tables.page(result_tables.summary({"pendulum": {"clean": {"hnn": [document]}}}))
    row = next(line for line in page.splitlines() if line.startswith("| `test_loss`"))
    assert row.split("|")[-2].strip() == ""


def test_tasks_that_were_not_run_again_stay(results):
    old = {"pendulum": {"clean": {}}, "two_body": {"clean": {}, "paper": {}}}
    before = {"made_by": old, "metrics": old}
    merged = result_tables.merged(before, results)
    assert merged["made_by"]["two_body"]["paper"] == {"code": "", "versions": {"hnn_tf": "0"}}
    assert merged["made_by"]["pendulum"] == {"clean": {}}
    assert list(merged["metrics"]) == ["pendulum", "two_body"]
    assert merged["metrics"]["pendulum"] == {"clean": {}}
    assert merged["metrics"]["two_body"] == {"clean": {}, "paper": results["metrics"]["two_body"]["paper"]}


def test_tables_are_of_what_was_run(results):
    """One protocol, an HNN that diverged in every seed, a metric that is 0."""
    document = _document(0.0, baseline=0.0)
    lost = _document(None, baseline=0.1)
    summary = result_tables.summary({"two_body": {"clean": {"hnn": [document, document]}}})
    assert "medians over 2 seeds" in result_tables.chief_table(summary)
    both = result_tables.merged(summary, result_tables.summary({"three_body": {"paper": {"hnn": [lost]}}}))
    assert "medians over 1 to 2 seeds" in result_tables.chief_table(both)
    assert "all diverged" in result_tables.page(both)
    assert result_tables.ratio({"hnn": [0.0], "baseline": [0.0]}) == math.inf
    assert "paper protocol, 3 seeds" in result_tables.page(results)


def test_the_readmes_table_has_the_rows_that_were_measured():
    document = _document(1e-5, baseline=0.02)
    clean = result_tables.summary({"two_body": {"clean": {"hnn": [document]}}})
    (row,) = [line for line in result_tables.readme_table(clean).splitlines() if line.startswith("| two_body")]
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells[:2] == ["two_body", "mean squared energy error"]
    assert cells[4] == "2.00e+03"
