"""The columns of files are summarised, and their roles are guessed from names and numbers."""

import numpy as np
import pytest
import table_bytes

from hnn_tf.data.tables import column_summary, guessed_roles
from hnn_tf.input_error import InputError


@pytest.fixture
def summaries(tmp_path):
    def summaries(*columns):
        paths = []
        for k, each in enumerate(columns):
            paths.append(tmp_path / f"{k}.csv")
            rows = zip(*each.values(), strict=True)
            paths[-1].write_text("\n".join([";".join(each), *(";".join(map(str, row)) for row in rows), ""]))
        return column_summary.summarised(paths)

    return summaries


def flags_of(names, recording=None):
    """The flags for columns of these names: the first increases, and the others vary."""
    found = [
        column_summary.ColumnSummary(
            name=name,
            kind="text" if name == recording else "number",
            least=0,
            largest=1,
            missing=0,
            num_rows=100,
            num_values=5 if name == recording else 100,
            whole=False,
            increasing=k == 0,
        )
        for k, name in enumerate(names)
    ]
    return guessed_roles.guessed_flags(found)


def test_a_column_is_described(summaries):
    (x, note) = summaries({"x": [1.5, -2, "NaN", 4], "note": ["a", "", "a", 3]})
    assert (x.name, x.kind, x.least, x.largest, x.missing, x.num_rows) == ("x", "number", -2, 4, 0.25, 4)
    assert (x.num_values, x.whole, x.increasing) == (3, False, False)
    assert (note.kind, note.missing, note.num_values) == ("text", 0.25, 2)
    assert np.isnan(note.least)


def test_time_may_start_again_in_each_file(summaries):
    (t, x) = summaries({"t": [0, 1, 2], "x": [0, 0, 0]}, {"t": [0, 1, 2], "x": [1, 2, 3]})
    assert (t.increasing, t.num_rows, x.increasing, x.largest) == (True, 6, False, 3)


def test_a_column_that_is_text_in_one_file_is_text(summaries):
    assert [each.kind for each in summaries({"t": [0, 1], "x": [0, 1]}, {"t": [0, 1], "x": [0, "a"]})] == [
        "number",
        "text",
    ]


def test_only_columns_of_all_files_are_described(summaries):
    assert [each.name for each in summaries({"t": [0, 1], "x": [0, 1]}, {"y": [0, 1], "t": [0, 1]})] == ["t"]
    with pytest.raises(InputError, match="0.csv: expected columns that all files have; received 't', 'x'"):
        summaries({"t": [0, 1], "x": [0, 1]}, {"y": [0, 1], "z": [0, 1]})


@pytest.mark.parametrize("name", sorted(table_bytes.FORMATS))
def test_every_format_is_described(tmp_path, name):
    (tmp_path / "table").write_bytes(table_bytes.FORMATS[name])
    found = {each.name: each for each in column_summary.summarised([tmp_path / "table"])}
    assert [found[each].kind for each in ("t", "x", "run")] == ["number", "number", "text"]
    assert (found["t"].largest, found["x"].missing, found["run"].num_values) == (1.1, 1 / 12, 2)


def test_arrays_of_another_length_are_left_out(tmp_path):
    with open(tmp_path / "table", "wb") as file:
        np.savez(file, mass=np.ones(2), t=np.arange(9.0), x=np.ones(9), objects=np.array([None]))
    assert [each.name for each in column_summary.summarised([tmp_path / "table"])] == ["t", "x"]


def test_few_rows_of_a_large_file_are_looked_at(tmp_path, monkeypatch):
    monkeypatch.setattr(column_summary, "MOST_ROWS", 10)
    (tmp_path / "table").write_text("t,x\n" + "1,2\n" * 100)
    assert column_summary.summarised([tmp_path / "table"] * 2)[0].num_rows == 10


@pytest.mark.parametrize(
    ("names", "flags"),
    [
        (["t", "theta", "u"], "--time=t --positions=theta --angles=theta --inputs=u"),
        (["t", "x", "vx"], "--time=t --positions=x --velocities=vx"),
        (["Zeit [s]", "phi_deg"], "--time='Zeit [s]' --positions=phi_deg --angles=phi_deg"),
        (["timestamp", "q1", "q2", "dq2", "dq1"], "--time=timestamp --positions=q1,q2 --velocities=dq1,dq2"),
        (["time", "x", "y", "x_dot", "y_dot"], "--time=time --positions=x,y --velocities=x_dot,y_dot"),
        (["clock", "x"], "--time=clock --positions=x"),
        (["index", "t", "radius"], "--time=t --positions=radius"),
        (["t", "x", "px"], "--time=t --positions=x --momenta=px"),
        (["t", "x", "y", "vx"], "--time=t --positions=x,y"),
        (
            ["t", "theta1", "omega1", "tau"],
            "--time=t --positions=theta1 --velocities=omega1 --angles=theta1 --inputs=tau",
        ),
    ],
)
def test_names_tell_roles(names, flags):
    assert flags_of(names) == flags


def test_text_is_a_recording_or_nothing():
    assert flags_of(["t", "x", "run"], recording="run") == "--time=t --positions=x --recording=run"
    assert flags_of(["t", "x", "note"], recording="note") == "--time=t --positions=x"


def test_constant_columns_are_no_positions(summaries):
    found = summaries({"t": [0, 1, 2, 3], "x": [0, 1, 0, 1], "mass": [2, 2, 2, 2], "id": [1, 1, 2, 2]})
    assert guessed_roles.guessed_flags(found) == "--time=t --positions=x --recording=id"


def test_the_table_is_aligned(summaries):
    found = summaries({"t": [0, 1], "theta": [0.123456789, "NaN"], "run": ["a", "b"]})
    assert guessed_roles.shown(found, "--time=t") == [
        "column  kind       least   largest  missing",
        "t       number         0         1      0 %",
        "theta   number  0.123457  0.123457     50 %",
        "run     text                            0 %",
        "2 rows were looked at.",
        "A guess of the roles, to be checked: --time=t",
    ]
