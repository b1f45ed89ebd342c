"""A file of the working directory that Python takes in place of our commands is named in one line."""

import pathlib
import subprocess
import sys
import types

import command_session
import pytest

import hnn_tf
from hnn_tf.commands import shadowed_command

THEIRS = "import sys\nsys.exit('theirs was run')\n"


def _run(folder, *arguments):
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=command_session.environment(folder),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("name", ["export.py", "export/__init__.py"])
def test_a_trainer_does_not_need_the_package_export(tmp_path, name):
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(THEIRS)
    code, output, error = _run(tmp_path, "-m", "trainers.symplecticity", "--model_path=m.keras")
    assert (code, output) == (2, "")
    assert error == "error: m.keras: no such file; give the model.keras of a run\n"


@pytest.mark.parametrize("module", ["export", "export.inspect"])
@pytest.mark.parametrize("name", ["trainers.py", "trainers/__init__.py"])
def test_an_export_does_not_need_the_package_trainers(tmp_path, module, name):
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(THEIRS)
    code, output, error = _run(tmp_path, "-m", module, "--help")
    assert (code, error) == (0, "")
    assert "served folder" in output


def test_a_folder_without_init_is_passed_over(tmp_path):
    (tmp_path / "trainers").mkdir()
    code, output, error = _run(tmp_path, "-m", "export", "--help")
    assert (code, error) == (0, "")
    assert "--export_dir" in output


def test_python_p_runs_ours(tmp_path):
    for name in ("export.py", "trainers.py"):
        (tmp_path / name).write_text(THEIRS)
    for module in ("export", "trainers.pendulum"):
        assert _run(tmp_path, "-P", "-m", module, "--help")[::2] == (0, "")


@pytest.mark.parametrize(
    ("name", "origin", "said"),
    [
        ("export", "/home/me/export.py", True),
        ("trainers.pendulum", "/home/me/trainers/pendulum.py", True),
        ("export.__main__", "/home/me/export/__main__.py", True),
        ("pytest", "/home/me/pytest.py", False),
        ("benchmarks.mine", "/home/me/benchmarks/mine.py", False),
        ("export.__main__", str(command_session.ROOT / "export" / "__main__.py"), False),
        ("trainers.pendulum", str(command_session.ROOT / "trainers" / "pendulum.py"), False),
    ],
)
def test_the_library_tells_whose_command_it_is(monkeypatch, capsys, name, origin, said):
    spec = types.SimpleNamespace(name=name, origin=origin)
    monkeypatch.setitem(sys.modules, "__main__", types.SimpleNamespace(__spec__=spec))
    shadowed_command.tell()
    error = capsys.readouterr().err
    command = name.removesuffix(".__main__")
    assert error.startswith(f"note: python -m {command} runs {origin}, not the command of hnn_tf") == said
    assert error.count("\n") == said


@pytest.mark.slow
def test_an_export_of_the_readers_own_that_uses_the_library_is_run_and_told(tmp_path):
    (tmp_path / "export.py").write_text("import hnn_tf\nprint(hnn_tf.__version__)\n")
    code, output, error = _run(tmp_path, "-m", "export")
    assert (code, output.strip()) == (0, hnn_tf.__version__)
    # TensorFlow's own messages may follow.
    assert error.splitlines()[0].startswith(
        f"note: python -m export runs {tmp_path / 'export.py'}, not the command of hnn_tf"
    )
    assert pathlib.Path(hnn_tf.__file__).parent.parent == command_session.ROOT


def test_the_documents_say_so_where_commands_are_met():
    readme = (command_session.ROOT / "README.md").read_text()
    assert "python -P -m" in readme.split("## The library")[0]
    page = (command_session.ROOT / "docs" / "reading_results.md").read_text()
    assert "python -P -m" in page.split("## Files of a run")[0]
