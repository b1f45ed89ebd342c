"""What a killed export leaves is removed by the next one; what another one is writing isn't."""

import fcntl
import os
import subprocess
import sys

import command_session
import pytest
import tensorflow as tf

import hnn_tf
from hnn_tf.export import graph_model, saved_model
from hnn_tf.files.temporary_folder import temporary_folder

DEAD = "tmp-" + "0" * 32


def test_is_there_while_it_is_written_and_then_gone(tmp_path):
    with temporary_folder(tmp_path) as folder:
        (folder / "deep").mkdir()
        assert os.listdir(tmp_path) == [folder.name]
    assert os.listdir(tmp_path) == []


def test_is_gone_after_a_failure(tmp_path):
    def fail():
        with temporary_folder(tmp_path) as folder:
            (folder / "file").write_text("half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert os.listdir(tmp_path) == []


def test_stays_where_it_was_renamed_to(tmp_path):
    with temporary_folder(tmp_path) as folder:
        folder.rename(tmp_path / "1")
    assert os.listdir(tmp_path) == ["1"]


def test_only_what_a_killed_one_of_the_same_prefix_left_is_removed(tmp_path):
    others = ["tmp-0", "tmp-mine", f"{DEAD}0", f"x{DEAD}", f"tmp-web-{'0' * 32}", "1"]
    for name in [DEAD, *others]:
        (tmp_path / name / "deep").mkdir(parents=True)
    (tmp_path / f"tmp-{'1' * 32}").write_text("a file")
    (tmp_path / f"tmp-{'2' * 32}").symlink_to("1")
    with temporary_folder(tmp_path):
        assert not (tmp_path / DEAD).exists()
    assert sorted(os.listdir(tmp_path)) == sorted([*others, f"tmp-{'1' * 32}", f"tmp-{'2' * 32}"])
    assert os.listdir(tmp_path / "1") == ["deep"]


def test_where_folders_cannot_be_locked_nothing_is_removed(tmp_path, monkeypatch):
    (tmp_path / DEAD).mkdir()

    def refuse(*_):
        raise OSError("no locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with temporary_folder(tmp_path) as folder:
        assert sorted(os.listdir(tmp_path)) == sorted([DEAD, folder.name])
    assert os.listdir(tmp_path) == [DEAD]


def test_an_export_that_takes_it_for_dead_before_it_is_locked_costs_another_name(tmp_path, monkeypatch):
    flock, others = fcntl.flock, []

    def steal(descriptor, operation):
        """Another export removes the folder, at the worst moment; once."""
        if not others:
            others.append(os.listdir(tmp_path)[0])
            os.rmdir(tmp_path / others[0])
        return flock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", steal)
    with temporary_folder(tmp_path) as folder:
        assert folder.is_dir()
        assert [folder.name] != others
    assert os.listdir(tmp_path) == []


def _build():
    model = hnn_tf.HamiltonianNetwork(hnn_tf.MLPHamiltonian(hidden_units=[4]))
    model.build([None, 2])
    return model


@pytest.mark.slow
def test_an_export_leaves_alone_what_another_one_is_writing(tmp_path, monkeypatch):
    """The second one begins and ends while the first is being saved."""
    save, inner = tf.saved_model.save, []

    def save_two(module, path, **options):
        if not inner:
            inner.append(path)
            inner.append(saved_model.export_model(_build(), tmp_path))
            assert os.path.isdir(path)
        save(module, path, **options)

    monkeypatch.setattr(tf.saved_model, "save", save_two)
    outer = saved_model.export_model(_build(), tmp_path)
    assert (inner[1].name, outer.name) == ("1", "2")
    assert sorted(os.listdir(tmp_path)) == ["1", "2"]
    for path in (inner[1], outer):
        assert len(saved_model.describe(path)) == 4


def test_a_graph_model_leaves_nothing_of_a_killed_one(tmp_path):
    version = saved_model.export_model(_build(), tmp_path / "served")
    (tmp_path / f"tmp-web-{'0' * 32}").mkdir()
    graph_model.write_graph_model(version, tmp_path / "web")
    assert sorted(os.listdir(tmp_path)) == ["served", "web"]


WAITING = """
import sys
import tensorflow as tf
import hnn_tf
from export import saved_model
save = tf.saved_model.save
def wait(*args, **options):
    save(*args, **options)
    print("saved", flush=True)
    sys.stdin.readline()
tf.saved_model.save = wait
model = hnn_tf.HamiltonianNetwork(hnn_tf.MLPHamiltonian(hidden_units=[4]))
model.build([None, 2])
print(saved_model.export_model(model, sys.argv[1]).name)
"""


@pytest.mark.slow
def test_an_export_leaves_alone_what_another_process_is_writing_until_it_is_killed(tmp_path):
    def start():
        command = [sys.executable, "-c", WAITING, str(tmp_path / "served")]
        environment = command_session.environment(tmp_path)
        process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert process.stdout.readline() == "saved\n"
        return process

    first, second = start(), start()
    assert saved_model.export_model(_build(), tmp_path / "served").name == "1"
    assert len(os.listdir(tmp_path / "served")) == 3
    assert first.communicate("\n")[0] == "2\n"
    second.kill()
    second.communicate()
    assert saved_model.export_model(_build(), tmp_path / "served").name == "3"
    assert sorted(os.listdir(tmp_path / "served")) == ["1", "2", "3"]
