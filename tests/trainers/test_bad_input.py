"""What a trainer's user gives by mistake: one line on stderr, exit code 2, and nothing written."""

import importlib.util
import zipfile

import command_session
import numpy as np
import pytest

from hnn_tf.data.schmidt_lipson import SOURCES

MEMBER = "real_pend_h_1.txt"
READINGS = [f"0 {5 + i / 6:.6f} {np.cos(i / 6):.6f} {-np.sin(i / 6):.6f}" for i in range(556)]


def _record(folder, name, *, line=None, content=None, header="% o v"):
    readings = list(READINGS)
    if line is not None:
        readings[line - 2] = content  # the header is line 1
    (folder / name).write_text("\n".join([header, *readings, ""]))


def _prepare(folder):
    _record(folder, "good.txt")
    _record(folder, "truncated.txt", line=61, content="0 14.8")
    _record(folder, "columns.txt", header="% x y z")
    _record(folder, "nan.txt", line=30, content="0 9.7 nan 0.1")
    _record(folder, "far.txt", line=557, content="0 1e5 0.1 0.1")
    in_milliseconds = [f"0 {i * 1000 / 6:.3f} 0.1 0.1" for i in range(556)]
    (folder / "milliseconds.txt").write_text("\n".join(["% o v", *in_milliseconds, ""]))
    _record(folder, "angle.txt", line=30, content="0 9.7 1e30 0.1")
    _record(folder, "backwards.txt", line=12, content="0 5.1 0.1 0.1")
    (folder / "not_a_zip.zip").write_text("no archive")
    with zipfile.ZipFile(folder / "other.zip", "w") as archive:
        archive.writestr("invar_datasets/pendulum_h_1.txt", "% o v")
    (folder / "empty").mkdir()
    (folder / "foreign").mkdir()
    (folder / "foreign" / "thesis.tex").write_text("mine")
    (folder / "file").write_text("mine")
    (folder / "hidden").mkdir()
    (folder / "hidden" / ".git").write_text("mine")
    (folder / "binary.flags").write_bytes(b"\xff\xfe--steps=3")
    (folder / "binary").mkdir()
    (folder / "binary" / "flags.txt").write_bytes(b"\xff\xfe")


REAL, PIXELS = "trainers.real_pendulum", "trainers.pixel_pendulum"
GOOD = "--data_path=good.txt"
# Name: module, arguments, what the line says.
CASES = {
    "truncated line": (REAL, ["--data_path=truncated.txt"], "truncated.txt, line 61: expected 4 columns"),
    "wrong columns": (REAL, ["--data_path=columns.txt"], "columns.txt, line 1: expected the header"),
    "NaN": (REAL, ["--data_path=nan.txt"], "nan.txt, line 30, column o: expected a finite number"),
    "an angle of no pendulum": (
        REAL,
        ["--data_path=angle.txt"],
        "angle.txt, line 30, column o: expected an angle within",
    ),
    "a last time that is far away": (REAL, ["--data_path=far.txt"], "far.txt, line 557: expected a time at most 167 s"),
    "too many steps for rollouts": (
        REAL,
        ["--data_path=milliseconds.txt"],
        "--data_path=milliseconds.txt: expected a last fifth that rollouts can follow by 20000 steps of at most 0.1 s",
    ),
    "time going backwards": (
        REAL,
        ["--data_path=backwards.txt"],
        "backwards.txt, line 12: expected a time at least 1e-06 s after",
    ),
    "an archive without the member": (REAL, ["--data_path=other.zip"], f"other.zip: expected one member {MEMBER}"),
    "a zip that isn't one": (REAL, ["--data_path=not_a_zip.zip"], "not_a_zip.zip: expected a sound zip"),
    "no such file": (REAL, ["--data_path=absent.txt"], "absent.txt: expected the archive, its folder, or"),
    "a folder without the record": (REAL, ["--data_path=empty"], f"empty: expected one {MEMBER} in this folder"),
    "offline": (REAL, [], "give the path of the file, as --data_path=invar_datasets.zip"),
    "a batch beyond the data": (REAL, [GOOD, "--batch_size=999"], "--batch_size=999: expected at most the"),
    "leapfrog for a model that isn't separable": (REAL, [GOOD, "--integrator=leapfrog"], "separable Hamiltonian"),
    "leapfrog for a latent that isn't separable": (PIXELS, ["--integrator=leapfrog"], "separable Hamiltonian"),
    "a weight that is no number": (PIXELS, ["--motion_weight=nan"], "--motion_weight=nan: expected a number from 0 to"),
    "no closed form": (REAL, [GOOD, "--model=random_features"], "no closed form for --objective=one_step; take"),
    "trajectories too wide for random features": (
        "trainers.two_body",
        ["--model=random_features", "--objective=trajectory"],
        "no closed form for --objective=trajectory; take derivative, weak",
    ),
    "outliers in a closed form": (
        "trainers.pendulum",
        ["--model=random_features", "--objective=combined", "--huber=3"],
        "leave --huber and --growth_steps out",
    ),
    "an option that nothing uses": (
        "trainers.pendulum",
        ["--huber=3"],
        "--huber=3.0: --objective=derivative does not use this option; leave the option out",
    ),
    "derivatives of pictures": (
        PIXELS,
        ["--objective=derivative", "--derivatives=smoothing_spline"],
        "an estimator of derivatives needs known states",
    ),
    "a closed form of pictures": (
        PIXELS,
        ["--model=random_features"],
        "learns the states, but a closed form needs known states",
    ),
    "pictures have no trajectories": (
        PIXELS,
        ["--objective=combined"],
        "--objective=combined: needs whole trajectories, but frames come in pairs; take derivative or one_step",
    ),
    "reversible without H": (
        "trainers.pendulum",
        ["--model=baseline", "--time_reversible"],
        "expected a model with a Hamiltonian; received --model=baseline",
    ),
    "segments without steps": (
        "trainers.pendulum",
        ["--segments=45", "--objective=trajectory"],
        "--segments=45: expected fewer than the 45",
    ),
    "momenta that aren't velocities": (
        "trainers.pendulum",
        ["--model=second_order"],
        "assumes dq/dt = p, but pendulum",
    ),
    "momenta that aren't the velocities of a mechanical system": (
        "trainers.pendulum",
        ["--model=mechanical_velocity"],
        "assumes dq/dt = p, but pendulum",
    ),
    "a symplectic integrator for velocities": (
        REAL,
        [GOOD, "--model=mechanical_velocity", "--integrator=gauss4"],
        "expected states (q, p), because only their motion is symplectic; mechanical_velocity has positions and velo",
    ),
    "a symplectic integrator for friction": (
        REAL,
        [GOOD, "--model=hnn_friction", "--integrator=gauss4"],
        "expected Hamiltonian motion, because no other motion is symplectic; hnn_friction is dissipative",
    ),
    "the same, of an export only": (
        "trainers.pendulum",
        ["--model=hnn_dissipation", "--export", "--integrator=tao4"],
        "expected Hamiltonian motion, because no other motion is symplectic; hnn_dissipation is dissipative",
    ),
    "a cache in a file": ("trainers.two_body", ["--cache_dir=file"], "--cache_dir=file: expected a folder that can be"),
    "another's folder": (REAL, [GOOD, "--output_dir=foreign"], "--output_dir=foreign: not empty, and not a run's"),
    "a folder of hidden files": (
        REAL,
        [GOOD, "--output_dir=hidden"],
        "--output_dir=hidden: not empty, and not a run's",
    ),
    "a folder of another flags.txt": (REAL, [GOOD, "--output_dir=binary"], "--output_dir=binary: holds a run of other"),
    "a folder not named in UTF-8": (REAL, [GOOD, "--output_dir=\udcff"], "expected a name in UTF-8"),
    "a folder named with a line end": (REAL, [GOOD, "--output_dir=a\nb"], "'--output_dir=a\\nb': expected no line end"),
    "a cache named with a space at its end": (
        "trainers.two_body",
        ["--cache_dir=cache "],
        "'--cache_dir=cache ': expected no line end, zero byte or space at the end",
    ),
    "a file as the folder": (REAL, [GOOD, "--output_dir=file"], "--output_dir=file: expected a folder"),
    "a folder below a file": (REAL, [GOOD, "--output_dir=file/run"], "--output_dir=file/run: expected a folder"),
    "a Hamiltonian with kinks": (
        "trainers.pendulum",
        ["--activation=relu"],
        "activation 'relu': expected a smooth activation",
    ),
    "an unknown flag": ("trainers.pendulum", ["--stepz=3"], "Unknown command line flag 'stepz'. Did you mean: steps"),
    "an unknown model": ("trainers.pendulum", ["--model=magic"], "--model=magic: value should be one of"),
    "no steps": ("trainers.pendulum", ["--steps=0"], "--steps=0: expected at least one step"),
    "a word for a number": ("trainers.pendulum", ["--steps=many"], "--steps=many"),
    "an infinite rate": ("trainers.pendulum", ["--learning_rate=inf"], "--learning_rate=inf: expected a number from"),
    "a rate of zero": ("trainers.pendulum", ["--learning_rate=0"], "--learning_rate=0.0: expected a number from 1e-30"),
    "NaN noise": ("trainers.pendulum", ["--noise_std=nan"], "--noise_std=nan: expected a number from 0 to 100"),
    "negative decay": ("trainers.mass_spring", ["--weight_decay=-1"], "--weight_decay=-1"),
    "patience without a split": ("trainers.pendulum", ["--patience=9"], "--patience=9: expected held-out trajectories"),
    "L-BFGS on batches": (
        "trainers.two_body",
        ["--optimizer=lbfgs"],
        "--optimizer=lbfgs: L-BFGS searches along lines over all samples; give --batch_size=0, or adam",
    ),
    "L-BFGS with averages": (
        "trainers.pendulum",
        ["--optimizer=lbfgs", "--average_weights"],
        "give --noaverage_weights",
    ),
    "all held out": (
        "trainers.pendulum",
        ["--validation_fraction=1"],
        "--validation_fraction=1.0: expected a split of",
    ),
    "no widths": (
        "trainers.mass_spring",
        ["--hidden_units=200,x"],
        "--hidden_units=['200', 'x']: expected from 1 to 20 widths",
    ),
    "widths that only look like digits": ("trainers.mass_spring", ["--hidden_units=²"], "expected from 1 to 20 widths"),
    "weights beyond the memory": (
        "trainers.mass_spring",
        ["--hidden_units=5000,5000"],
        "--hidden_units=['5000', '5000']: expected from 1 to 20 widths separated by commas, as 200,200, each from 1 to "
        "5000, with at most 20000000 weights between the layers",
    ),
    "a width beyond the memory": ("trainers.mass_spring", ["--hidden_units=100000,1"], "each from 1 to 5000"),
    "a width of thousands of digits": ("trainers.mass_spring", ["--hidden_units=" + "9" * 5000], "each from 1 to 5000"),
    "too many layers": (
        "trainers.mass_spring",
        ["--hidden_units=" + ",".join(["8"] * 21)],
        "expected from 1 to 20 widths",
    ),
    "an outlier's measure that float32 rounds to 0": (
        "trainers.pendulum",
        ["--huber=1e-320"],
        "expected 0, or a number from 0.01 to 1000",
    ),
    "a rate that float32 rounds to 0": (
        "trainers.pendulum",
        ["--learning_rate=1e-320"],
        "a number from 1e-30 to 1e+30",
    ),
    "a binary flagfile": ("trainers.mass_spring", ["--flagfile=binary.flags"], "--flagfile: expected a text file"),
    "no flagfile's name": ("trainers.mass_spring", ["--flagfile"], "--flagfile=: no such file"),
    "an argument that is no flag": ("trainers.mass_spring", ["pendulum.flags"], "unexpected argument 'pendulum.flags'"),
    "no such flagfile": (
        "trainers.mass_spring",
        ["--flagfile=m.flags"],
        "--flagfile=m.flags: no such file; give a path",
    ),
    "data of another task": ("trainers.pendulum", [GOOD], "Unknown command line flag 'data_path'"),
}
if importlib.util.find_spec("tensorboard") is None:
    CASES["TensorBoard that isn't installed"] = (
        "trainers.pendulum",
        ["--tensorboard"],
        "--tensorboard: needs the package tensorboard; pip install",
    )


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bad_input")
    _prepare(folder)
    before = sorted(folder.rglob("*"))
    commands = [[module, *arguments] for module, arguments, _ in CASES.values()]
    results = dict(zip(CASES, command_session.run(commands, folder), strict=True))
    return folder, before, results


@pytest.mark.parametrize("name", CASES)
def test_gets_one_line_that_says_what_and_exit_code_2(session, name):
    code, output, error = session[2][name]
    assert (code, output) == (2, "")
    assert error.startswith("error: ")
    assert CASES[name][2] in error
    assert error.count("\n") == 1


def test_offline_names_the_addresses(session):
    assert all(url in session[2]["offline"][2] for url, _ in SOURCES)


def test_writes_nothing(session):
    folder, before, _ = session
    written = {path for path in folder.rglob("*") if "keras_home" not in path.parts} - set(before)
    assert not written
    assert (folder / "foreign" / "thesis.tex").read_text() == "mine"
    assert (folder / "hidden" / ".git").read_text() == "mine"
