"""`metrics.json`, and the table to read."""

import json
import re

import keras
import numpy as np
import pytest
import tensorflow as tf

import hnn_tf
from hnn_tf.evaluation import PUBLISHED_RESULTS
from hnn_tf.evaluation.report import format_table, input_entry, write_metrics

DOCUMENT = {
    "task": "pendulum",
    "model": "hnn",
    "objective": "derivative",
    "protocol": "paper",
    "metrics": {"test_loss": 0.0125, "energy_mse": 1.0, "seconds": 3.0},
    "baseline": {"metrics": {"test_loss": 0.5, "energy_mse": 12345.6}},
}


def _columns(document):
    """The table, read back: {row: {column: cell}}, cut where the rule has its gaps."""
    header, rule, *rows = format_table(document).splitlines()
    spans = [match.span() for match in re.finditer("-+", rule)]
    cells = [[line[start:end].strip() for start, end in spans] for line in (header, *rows)]
    return {row[0]: dict(zip(cells[0][1:], row[1:], strict=True)) for row in cells[1:]}


def test_the_document_is_written_as_it_is(tmp_path):
    write_metrics(tmp_path / "metrics.json", DOCUMENT)
    written = json.loads((tmp_path / "metrics.json").read_text())
    del written["versions"]
    assert written == DOCUMENT


def test_inputs_are_described_if_there_are_some():
    times, states = np.arange(3.0), np.zeros([1, 3, 2])
    recordings = hnn_tf.data.Recordings.from_arrays
    driven = recordings(
        times, states, inputs=np.ones([1, 3, 1]), input_names=["force"], input_units=["N"], input_interpolation="linear"
    )
    assert input_entry(driven) == {"names": ["force"], "units": ["N"], "interpolation": "linear"}
    assert input_entry(recordings(times, states)) is None


def test_the_versions_that_made_it_are_written(tmp_path):
    write_metrics(tmp_path / "metrics.json", DOCUMENT)
    versions = json.loads((tmp_path / "metrics.json").read_text())["versions"]
    assert versions.pop("python").startswith("3.")
    assert versions == {
        "hnn_tf": hnn_tf.__version__,
        "tensorflow": tf.__version__,
        "keras": keras.__version__,
        "numpy": np.__version__,
    }


def test_a_count_is_written_out():
    table = _columns(DOCUMENT | {"metrics": {"best_step": 1450}})
    assert table["best_step"]["hnn"] == "1450"


def test_the_callers_document_is_left_alone(tmp_path):
    document = {"task": "pendulum"}
    write_metrics(tmp_path / "metrics.json", document)
    assert document == {"task": "pendulum"}


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_a_number_that_is_not_finite_is_refused_and_leaves_nothing(tmp_path, number):
    with pytest.raises(ValueError, match="JSON"):
        write_metrics(tmp_path / "metrics.json", DOCUMENT | {"metrics": {"energy_mse": number}})
    assert list(tmp_path.iterdir()) == []


def test_a_refused_document_leaves_the_old_one(tmp_path):
    path = tmp_path / "metrics.json"
    write_metrics(path, DOCUMENT)
    before = path.read_bytes()
    with pytest.raises(ValueError, match="JSON"):
        write_metrics(path, {"energy_mse": float("nan")})
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_each_metric_stands_under_its_model():
    table = _columns(DOCUMENT)
    assert list(table) == ["test_loss", "energy_mse", "seconds"]
    assert table["test_loss"]["hnn"] == "1.250e-02"
    assert table["test_loss"]["baseline"] == "5.000e-01"


def test_a_metric_that_a_model_lacks_is_left_blank():
    assert _columns(DOCUMENT)["seconds"] == {
        "hnn": "3.000e+00",
        "baseline": "",
        "paper's hnn": "",
        "paper's baseline": "",
    }


def test_there_is_no_baseline_column_without_a_baseline():
    document = {name: value for name, value in DOCUMENT.items() if name != "baseline"}
    assert list(_columns(document)["test_loss"]) == ["hnn", "paper's hnn"]


def test_the_papers_figures_stand_beside_ours_under_its_protocol():
    row = _columns(DOCUMENT)["energy_mse"]
    # arXiv:1906.01563, table 1: 42 and 25, times 1e-3.
    assert row["paper's baseline"] == "4.152e-02"
    assert row["paper's hnn"] == "2.485e-02"


def test_the_papers_losses_stand_beside_ours_under_the_clean_protocol():
    table = _columns(DOCUMENT | {"protocol": "clean"})
    assert table["test_loss"]["paper's hnn"] == "3.559e-02"
    assert table["energy_mse"]["paper's hnn"] == ""


@pytest.mark.parametrize("protocol", ["clean", "paper"])
def test_the_papers_figures_stand_beside_its_own_objective_only(protocol):
    document = DOCUMENT | {"protocol": protocol, "objective": "one_step"}
    assert list(_columns(document)["energy_mse"]) == ["hnn", "baseline"]


def test_a_model_that_the_paper_lacks_has_blank_figures():
    row = _columns(DOCUMENT | {"model": "other"})["energy_mse"]
    assert (row["paper's other"], row["paper's baseline"]) == ("", "4.152e-02")


def test_a_task_that_the_paper_lacks_has_no_figures():
    assert list(_columns(DOCUMENT | {"task": "other"})["energy_mse"]) == ["hnn", "baseline"]


@pytest.mark.parametrize("document", [DOCUMENT, DOCUMENT | {"protocol": "clean"}], ids=["paper", "clean"])
def test_columns_are_aligned(document):
    table = format_table(document)
    header, _, *rows = table.splitlines()
    assert table.endswith("\n")
    assert header.startswith(f"pendulum ({document['protocol']} protocol)  ")
    assert {len(line) for line in table.splitlines()} == {len(header)}
    for row in rows:
        assert row.startswith(tuple(document["metrics"]))
    # Numbers end where their column's name does.
    for name, number in (("hnn", "1.250e-02"), ("baseline", "5.000e-01")):
        end = re.search(rf" {name}\b", header).end()
        assert rows[0][:end].endswith(f" {number}")


def test_the_published_results_are_complete_and_in_mean_squared_units():
    for task in ("mass_spring", "pendulum", "real_pendulum"):
        for metric in ("train_loss", "test_loss", "energy_mse"):
            assert PUBLISHED_RESULTS[task][metric].keys() == {"baseline", "hnn"}
            assert all(1e-4 < value < 1 for value in PUBLISHED_RESULTS[task][metric].values())
