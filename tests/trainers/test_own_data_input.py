"""What a user of own data gives by mistake: one line on stderr, exit code 2, and nothing written."""

import json
import subprocess
import sys

import command_session
import numpy as np
import pytest

MODULE = "trainers.own_data"


def table(path, columns, *, delimiter=","):
    rows = zip(*columns.values(), strict=True)
    lines = [delimiter.join(columns), *(delimiter.join(map(str, row)) for row in rows), ""]
    path.write_text("\n".join(lines))


def spring(count=80):
    times = 0.1 * np.arange(count)
    return {"t": times.round(6), "x": np.sin(times).round(9), "v": np.cos(times).round(9)}


def _prepare(folder):
    good = spring()
    table(folder / "good.csv", good)
    table(folder / "text.csv", good | {"x": ["0.5"] * 20 + ["half"] + ["0.6"] * 59})
    table(folder / "backwards.csv", good | {"t": np.concatenate([good["t"][:40], good["t"][:40] + 0.05])})
    table(folder / "momenta.csv", good | {"v": 3.0 * good["v"]})
    table(folder / "few.csv", spring(12))
    table(folder / "constant.csv", good | {"x": np.ones(80)})
    (folder / "folder").mkdir()
    (folder / "empty.csv").write_text("")
    (folder / "foreign").mkdir()
    (folder / "foreign" / "thesis.tex").write_text("mine")
    schemas = {
        "good": {"time": "t", "positions": "x", "velocities": ["v"], "units": {"t": "s"}},
        "unknown": {"time": "t", "postions": "x"},
        "list": ["t", "x"],
        "number": {"time": "t", "positions": 3},
        "mass": {"time": "t", "positions": "x", "masses": -1},
        "text_mass": {"time": "t", "positions": "x", "masses": "heavy"},
        "object": {"time": {"a": 1}, "positions": "x"},
    }
    for name, schema in schemas.items():
        (folder / f"{name}.json").write_text(json.dumps(schema))
    (folder / "broken.json").write_text("{time: t}")


ROLES = ["--time=t", "--positions=x"]
GOOD = ["--data_path=good.csv", *ROLES]
# Name: arguments, what the line says.
CASES = {
    "no file given": (ROLES, "--data_path: expected the files of the measurements"),
    "missing file": (["--data_path=absent.csv", *ROLES], "absent.csv: expected a file; received no file of this name"),
    "missing pattern": (["--data_path=no/*.csv", *ROLES], "no/*.csv: expected a file; received no file"),
    "a directory": (["--data_path=folder", *ROLES], "folder: expected a file; received a folder"),
    "an empty file": (["--data_path=empty.csv", *ROLES], "empty.csv: expected a table; received an empty file"),
    "text in a number": (
        ["--data_path=text.csv", *ROLES],
        "text.csv, line 22, column 'x': expected a number; received 'half'",
    ),
    "no such column": (["--data_path=good.csv", "--time=t", "--positions=y"], "good.csv: expected the column 'y'"),
    "an unknown unit": ([*GOOD, "--units=t=fortnite"], "fortnite"),
    "a unit of no column": ([*GOOD, "--units=z=s"], "--units=z=s: expected column=unit"),
    "a mass of 0": ([*GOOD, "--masses=0"], "--masses=0"),
    "a mass below 0": ([*GOOD, "--masses=-1.5"], "--masses=-1.5"),
    "a mass that is no number": ([*GOOD, "--masses=heavy"], "--masses"),
    "time going backwards": (
        ["--data_path=backwards.csv", *ROLES],
        "backwards.csv, line 42, column 't': expected",
    ),
    "velocities that are momenta": (["--data_path=momenta.csv", *ROLES, "--velocities=v"], " 3"),
    "a constant column": (["--data_path=constant.csv", *ROLES], "column 'x': expected positions that change"),
    "a role given twice": ([*GOOD, "--velocities=x"], "received two roles of 'x'"),
    "velocities and momenta": ([*GOOD, "--velocities=v", "--momenta=v"], "--velocities=v and --momenta=v"),
    "an angle of no position": ([*GOOD, "--angles=y"], "--angles=y: expected some of --positions=x"),
    "too few readings to hold some out": (["--data_path=few.csv", *ROLES], "expected enough readings to hold some out"),
    "an objective without a model": ([*GOOD, "--objective=derivative"], "--objective=derivative: expected --model"),
    "a model that is not known": ([*GOOD, "--model=magic"], "--model=magic"),
    "a horizon below 0": ([*GOOD, "--horizon=-1"], "--horizon"),
    "a folder of something else": ([*GOOD, "--output_dir=foreign"], "--output_dir=foreign: not empty, and not a run's"),
    "a schema that is not there": (
        ["--data_path=good.csv", "--schema=absent.json"],
        "absent.json: no such file; give a JSON file with the roles of the columns",
    ),
    "a schema with an unknown key": (
        ["--data_path=good.csv", "--schema=unknown.json"],
        "received 'postions'; remove or rename it",
    ),
    "a schema that is not JSON": (["--data_path=good.csv", "--schema=broken.json"], "broken.json: expected"),
    "a schema that is a list": (["--data_path=good.csv", "--schema=list.json"], "list.json: expected a JSON object"),
    "a schema with a number as a column": (["--data_path=good.csv", "--schema=number.json"], "positions"),
    "a schema with an object as a column": (["--data_path=good.csv", "--schema=object.json"], "time"),
    "a schema with a mass below 0": (["--data_path=good.csv", "--schema=mass.json"], "--masses=-1"),
    "a schema with a text as a mass": (
        ["--data_path=good.csv", "--schema=text_mass.json"],
        "--masses=heavy: expected a tuple of numbers",
    ),
    "a flag over a schema": (["--data_path=good.csv", "--schema=good.json", "--positions=y", "--velocities=v"], "'y'"),
    "a flag over a schema's mass": (
        ["--data_path=good.csv", "--schema=good.json", "--masses=0"],
        "--masses=0.0: expected finite numbers > 0",
    ),
    "a model that takes no closed form": (
        [*GOOD, "--model=hnn", "--objective=force", "--output_dir=new/out"],
        "--objective=force",
    ),
    "no roles": (["--data_path=good.csv"], "--time and --positions: expected the columns of time and positions"),
}


@pytest.fixture(scope="module")
def refusals(tmp_path_factory):
    folder = tmp_path_factory.mktemp("own_data")
    _prepare(folder)
    commands = [[MODULE, "--output_dir=out", "--progress=none", *arguments] for arguments, _ in CASES.values()]
    results = command_session.run(commands, folder)
    return dict(zip(CASES, results, strict=True)), folder


@pytest.mark.parametrize("name", CASES)
def test_bad_input_is_one_line_with_code_2(refusals, name):
    code, _, error = refusals[0][name]
    lines = error.splitlines()
    assert (code, len([line for line in lines if not line.startswith("warning: ")])) == (2, 1), error
    assert lines[-1].startswith("error: ")
    assert CASES[name][1] in lines[-1]


def test_nothing_is_written(refusals):
    folder = refusals[1]
    assert not (folder / "out").exists()
    assert not (folder / "new").exists()
    assert [path.name for path in (folder / "foreign").iterdir()] == ["thesis.tex"]


def test_without_roles_the_columns_and_a_guess_are_printed(refusals):
    _, output, error = refusals[0]["no roles"]
    assert [line.split()[0] for line in output.splitlines()[1:4]] == ["t", "x", "v"]
    assert "--time=t --positions=x --velocities=v" in output
    assert "--time=t --positions=x" in error


@pytest.mark.parametrize(("argument", "code"), [("--help", 0), ("--stepz=1", 2), ("--budget=endless", 2)])
def test_help_and_bad_flags_answer_without_importing_anything_heavy(argument, code):
    command = [sys.executable, "-X", "importtime", "-m", MODULE, argument]
    done = subprocess.run(command, cwd=command_session.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert ("--positions=<" in done.stdout) == (code == 0)
    imported = {line.rsplit("|", 1)[-1].strip().split(".")[0] for line in done.stderr.splitlines() if "|" in line}
    assert not {"tensorflow", "keras", "numpy", "scipy", "matplotlib", "pandas", "pint", "h5py"} & imported
