"""The published record of a real pendulum."""

import io
import os
import pathlib
import zipfile

import numpy as np
import pytest
from measured_tables import prepare


@pytest.fixture(scope="module")
def record():
    folder = os.environ.get("HNN_TF_SHARED_DATA")
    path = pathlib.Path(folder or "") / "schmidt_lipson" / "invar_datasets.zip"
    if not folder or not path.is_file():
        pytest.skip("the published archive isn't here; HNN_TF_SHARED_DATA names the folder that holds schmidt_lipson/")
    with zipfile.ZipFile(path) as archive:
        (name,) = (each for each in archive.namelist() if each.endswith("real_pend_h_1.txt"))
        rows = np.loadtxt(io.BytesIO(archive.read(name)), skiprows=1)
    return dict(zip(("trial", "t", "angle", "velocity"), rows.T, strict=True))


def _prepared(record, **roles):
    columns = {name: record[name] for name in ("t", "angle", "velocity")}
    labels = {"trial": record["trial"].astype(int).astype(str)}
    return prepare(columns, labels=labels, positions=("angle",), angles=("angle",), recording="trial", **roles)


def test_the_record_is_taken_with_a_warning_about_its_velocities(record):
    found = _prepared(record, velocities=("velocity",))
    assert [len(recording) for recording in found.recordings] == [len(record["t"])]
    assert found.recordings.state_units == ("rad", "")
    (warning,) = found.report["warnings"]
    assert warning.startswith("Column 'velocity' is 0.95")


def test_the_record_is_taken_without_velocities(record):
    found = _prepared(record)
    assert found.report["warnings"] == []
    slopes, velocities = found.recordings[0].states[5:-5, 1], record["velocity"][5:-5]
    # The published velocities are 0.953 times the slopes.
    assert np.corrcoef(slopes, velocities)[0, 1] > 0.99
