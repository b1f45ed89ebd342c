"""A run's folder: one process at a time, seen when it is taken away, and flags that its flags.txt can hold."""

import errno
import fcntl
import shutil
import sys

import pytest
from absl import flags as absl_flags

from hnn_tf import InputError
from trainers import run_folder

FLAGS = "--steps=3\n"


def _claim(folder, *, resume=False):
    return run_folder.claim(folder, FLAGS, resume=resume)


def test_a_second_process_is_refused_and_touches_nothing(tmp_path):
    folder = tmp_path / "run"
    with _claim(folder):
        live = folder / "checkpoints" / ".hnn.1234567890.tmp.npz"
        live.write_bytes(b"half")
        with (
            pytest.raises(InputError, match=r"another process \(\d+ on .*\) writes to this folder"),
            _claim(folder, resume=True),
        ):
            pass
        assert live.read_bytes() == b"half"


def test_the_folder_is_free_and_without_a_lock_file_afterwards(tmp_path):
    for _ in range(2):
        with _claim(tmp_path / "run", resume=True):
            pass
        assert sorted(path.name for path in (tmp_path / "run").iterdir()) == ["checkpoints", "flags.txt"]


def test_it_is_free_after_a_failure(tmp_path):
    with pytest.raises(ValueError, match="of the run"), _claim(tmp_path / "run"):
        raise ValueError("of the run")
    with _claim(tmp_path / "run", resume=True):
        pass


def test_an_interruption_holds_the_folder_while_the_last_checkpoint_is_written(tmp_path):
    folder = tmp_path / "run"
    with pytest.raises(KeyboardInterrupt), _claim(folder) as lock:
        raise KeyboardInterrupt
    lock.check()
    with pytest.raises(InputError, match="writes to this folder"), _claim(folder, resume=True):
        pass
    lock.release()


@pytest.mark.parametrize("content", [b"", b"1234 on another"])
def test_what_a_kill_leaves_of_the_lock_file_holds_nothing(tmp_path, content):
    (tmp_path / ".lock").write_bytes(content)
    with _claim(tmp_path):
        pass
    assert not (tmp_path / ".lock").exists()


def test_a_folder_that_is_refused_is_left_as_it_was(tmp_path):
    (tmp_path / "thesis.tex").write_text("mine")
    before = tmp_path.stat().st_mtime_ns
    with pytest.raises(InputError, match="not a run's folder"), _claim(tmp_path, resume=True):
        pass
    assert tmp_path.stat().st_mtime_ns == before


def test_a_file_system_without_locks_is_said(tmp_path, monkeypatch, capsys):
    def flock(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", flock)
    with _claim(tmp_path):
        pass
    line = capsys.readouterr().err
    assert line.startswith(f"--output_dir={tmp_path}: the folder can't be locked (No locks available); ")
    assert line.count("\n") == 1


def test_a_system_without_locks_is_said(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "fcntl", None)
    with _claim(tmp_path):
        pass
    assert "the folder can't be locked (this system has no flock); " in capsys.readouterr().err


def _remove(folder):
    shutil.rmtree(folder)


def _rename(folder):
    folder.rename(folder.with_name("renamed"))


def _replace(folder):
    shutil.rmtree(folder)
    with _claim(folder):
        pass


@pytest.mark.parametrize("take_away", [_remove, _rename, _replace])
def test_a_folder_that_was_taken_away_is_said(tmp_path, take_away):
    folder = tmp_path / "run"

    def run():
        with _claim(folder):
            take_away(folder)

    with pytest.raises(FileNotFoundError, match="the folder was removed or renamed during this run") as caught:
        run()
    assert caught.value.filename == str(folder)


@pytest.mark.parametrize("error", [FileNotFoundError(errno.ENOENT, "gone", "hnn.npz"), InputError("another reason")])
def test_it_is_the_reason_of_what_fails_because_of_it(tmp_path, error):
    def run():
        with _claim(tmp_path / "run"):
            shutil.rmtree(tmp_path / "run")
            raise error

    with pytest.raises(FileNotFoundError, match="was removed or renamed"):
        run()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("value", ["a\nb", "a\rb", "a\r\n", "a ", "a\t", "a\u3000", "a\0b"])
@pytest.mark.parametrize("name", ["output_dir", "data_path"])
def test_a_value_that_flags_txt_can_not_keep_is_refused(name, value):
    with pytest.raises(InputError) as caught:
        run_folder.flags_text({name: value})
    message = str(caught.value)
    assert message.startswith(f"'--{name}=a")
    assert "choose another" in message
    assert message.isprintable()


@pytest.mark.parametrize("value", ["a b", " a", "é", "日本", "a=b", "#a", "--a", "a\x0bb", "a\u2028b", "a\x85b", "'a'"])
def test_every_other_is_read_again_as_it_was(tmp_path, value):
    text = run_folder.flags_text({"output_dir": value})
    (tmp_path / "flags.txt").write_text(text, encoding="utf-8")
    flags = absl_flags.FlagValues()
    absl_flags.DEFINE_string("output_dir", None, "", flag_values=flags)
    flags(["test", f"--flagfile={tmp_path / 'flags.txt'}"])
    assert flags.output_dir == value
    assert run_folder._parse(text) == {"output_dir": value}
