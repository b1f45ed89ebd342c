"""A run that was killed, at whatever moment, continues to what an unbroken one gives."""

import hashlib
import json
import resource
import signal
import time

import command_session
import numpy as np
import pytest

# Whole trainings, five of them.
pytestmark = pytest.mark.slow

# Some ten seconds of training, a checkpoint every two: time to be killed in between.
RUN = [
    *("trainers.mass_spring", "--steps=1500", "--batch_size=300", "--nofigures", "--seed=3", "--export"),
    *("--learning_rate_schedule=cosine", "--average_weights", "--validation_fraction=0.2", "--patience=1500"),
]


def _wait_for(process, condition):
    deadline = time.monotonic() + 120
    while not condition():
        assert process.poll() is None, process.communicate()
        assert deadline - time.monotonic() > 0
        time.sleep(0.02)


def _kill_after(process, path, delay):
    _wait_for(process, path.exists)
    time.sleep(delay)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Folder with the run "unbroken" and the run "broken", killed twice, with a disk that filled, and interrupted.

    And what is known of these: the step of the second kill; exit code, standard error and, of the interruption, seconds
    and the step that was saved; of a process that came meanwhile, too; and what the last resume printed.
    """
    folder = tmp_path_factory.mktemp("resume")
    unbroken = command_session.start([*RUN, "--output_dir=unbroken"], folder)
    broken = [*RUN, "--output_dir=broken", "--resume"]
    checkpoint = folder / "broken" / "checkpoints" / "hnn.npz"
    # Before there is any checkpoint, and soon after the first.
    _kill_after(command_session.start(broken, folder), folder / "broken" / "flags.txt", 0.3)
    assert not checkpoint.exists()
    _kill_after(command_session.start(broken, folder), checkpoint, 0.5)
    killed_at = int(np.load(checkpoint)["step"])
    # What a kill in the middle of a write leaves.
    (folder / "broken" / "checkpoints" / ".hnn.123.tmp.npz").write_bytes(b"PK half")
    (folder / "broken" / "saved_model" / f"tmp-{'0' * 32}").mkdir(parents=True)
    found = {"killed_at": killed_at} | _full_disk(broken, folder, checkpoint)
    found |= _interruption(broken, folder, checkpoint)
    last = command_session.start(broken, folder)
    output, error = last.communicate(timeout=180)
    assert last.returncode == 0, error
    _, error = unbroken.communicate(timeout=180)
    assert unbroken.returncode == 0, error
    return folder, found, output


def _full_disk(command, folder, checkpoint):
    """A run whose next checkpoint finds no room; the last one is there as it was."""
    process, before = command_session.start(command, folder), checkpoint.read_bytes()
    _wait_for(process, (checkpoint.parent.parent / ".lock").exists)
    # As a full disk, for which we'd need to be root.
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (1000, 1000))
    _, error = process.communicate(timeout=120)
    assert checkpoint.read_bytes() == before
    return {"full_disk": (process.returncode, error)}


def _interruption(command, folder, checkpoint):
    """Two processes at once, one of which is refused; the other is ended by SIGTERM after its first checkpoint."""
    processes, before = [command_session.start(command, folder) for _ in range(2)], checkpoint.stat().st_mtime_ns
    deadline = time.monotonic() + 120
    while all(process.poll() is None for process in processes):
        assert deadline - time.monotonic() > 0
        time.sleep(0.02)
    refused, running = sorted(processes, key=lambda process: process.poll() is None)
    _, refusal = refused.communicate(timeout=60)
    _wait_for(running, lambda: checkpoint.stat().st_mtime_ns > before)
    began = time.monotonic()
    running.send_signal(signal.SIGTERM)
    _, error = running.communicate(timeout=60)
    seconds, step = time.monotonic() - began, int(np.load(checkpoint)["step"])
    return {"interruption": (running.returncode, error, seconds, step), "second": (refused.returncode, refusal)}


def test_was_killed_on_the_way(runs):
    assert 0 < runs[1]["killed_at"] < 1500


def test_a_full_disk_is_one_line_with_the_mend(runs):
    code, error = runs[1]["full_disk"]
    assert code == 1
    path = "broken/checkpoints/hnn.npz"
    assert error.splitlines()[-1].startswith(
        f"error: {path}: File too large; files that were written before are unchanged; "
    )
    assert error.endswith("free some space, and continue with --resume\n")
    assert error.count("error") == 1


def test_a_second_process_is_refused_in_one_line(runs):
    code, error = runs[1]["second"]
    assert code == 2
    assert error.startswith("error: --output_dir=broken: another process (")
    assert error.count("\n") == 1


def test_sigterm_ends_it_within_two_seconds_and_saves_the_newest_state(runs):
    code, error, seconds, step = runs[1]["interruption"]
    assert code == 143
    assert seconds < 2
    assert error.splitlines()[-1] == f"error: interrupted by SIGTERM: --resume continues hnn from step {step}"
    assert runs[1]["killed_at"] < step < 1500


def test_ends_with_the_same_bits(runs):
    first, second = (np.load(runs[0] / name / "checkpoints" / "hnn.npz") for name in ("unbroken", "broken"))
    assert set(first) == set(second)
    for name in set(first) - {"fit_seconds"}:
        np.testing.assert_array_equal(first[name], second[name], err_msg=name)


def test_writes_the_same_model_file(runs):
    """Of two processes, whose memory and clocks differ."""
    first, second = (json.loads((runs[0] / name / "metrics.json").read_text()) for name in ("unbroken", "broken"))
    assert first["model_sha256"] == second["model_sha256"]
    content = (runs[0] / "broken" / "model.keras").read_bytes()
    assert hashlib.sha256(content).hexdigest() == first["model_sha256"]


def test_a_finished_run_resumes_to_its_own_table(runs):
    again = command_session.start([*RUN, "--output_dir=broken", "--resume"], runs[0])
    output, error = again.communicate(timeout=120)
    assert again.returncode == 0, error
    assert error == ""
    assert output == runs[2]
    # It is exported once, and nothing is left of the kills.
    assert [path.name for path in (runs[0] / "broken" / "saved_model").iterdir()] == ["1"]
    assert [path.name for path in (runs[0] / "broken" / "checkpoints").iterdir()] == ["hnn.npz"]


COMMANDS = {
    "without --resume": ([], "holds this run already; add --resume to continue"),
    "with other flags": (["--resume", "--seed=4"], "holds a run of other flags (--seed=3 there, 4 here)"),
    "damaged": (["--resume", "--output_dir=damaged"], "expected a checkpoint of this run; the file can't be read"),
    "empty": (["--resume", "--output_dir=empty"], "expected a checkpoint of this run; the file can't be read"),
    "of another network": (
        ["--resume", "--output_dir=other"],
        "hnn.npz: expected a checkpoint of this run; received other variables",
    ),
}


@pytest.fixture(scope="module")
def refusals(runs):
    folder = runs[0]
    for name in ("damaged", "empty", "other"):
        (folder / name / "checkpoints").mkdir(parents=True)
        text = (folder / "unbroken" / "flags.txt").read_text().replace("output_dir=unbroken", f"output_dir={name}")
        (folder / name / "flags.txt").write_text(text)
    whole = (folder / "unbroken" / "checkpoints" / "hnn.npz").read_bytes()
    (folder / "damaged" / "checkpoints" / "hnn.npz").write_bytes(whole[:3000])
    (folder / "empty" / "checkpoints" / "hnn.npz").write_bytes(b"")
    with np.load(folder / "unbroken" / "checkpoints" / "hnn.npz") as arrays:
        np.savez(
            folder / "other" / "checkpoints" / "hnn.npz", **{k: v for k, v in arrays.items() if "model.0" not in k}
        )
    commands = [[*RUN, "--output_dir=unbroken", *arguments] for arguments, _ in COMMANDS.values()]
    return dict(zip(COMMANDS, command_session.run(commands, folder), strict=True))


@pytest.mark.parametrize("name", COMMANDS)
def test_a_folder_that_cannot_be_continued_is_refused(refusals, name):
    code, output, error = refusals[name]
    assert (code, output) == (2, "")
    assert COMMANDS[name][1] in error
    assert error.count("\n") == 1
