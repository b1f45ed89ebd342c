"""Every command of benchmarks/ answers for its flags before anything heavy is imported."""

import subprocess
import sys

import command_session
import pytest

HEAVY = {"tensorflow", "keras", "scipy", "matplotlib", "torch"}


def _commands():
    for path in sorted((command_session.ROOT / "benchmarks").rglob("*.py")):
        if 'if __name__ == "__main__"' in path.read_text():
            yield ".".join(path.relative_to(command_session.ROOT).with_suffix("").parts).removesuffix(".__main__")


COMMANDS = list(_commands())


def test_the_commands_are_found():
    assert {"benchmarks.objectives", "benchmarks.paper_table", "benchmarks.cost.c_api_server"} <= set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(("argument", "code"), [("--help", 0), ("--stepz=1", 2)])
def test_help_and_bad_flags_answer_without_importing_anything_heavy(command, argument, code):
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", command, argument],
        cwd=command_session.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stderr[-500:]
    assert (f"python -m {command}" in done.stdout) == (code == 0)
    imported = {line.rsplit("|", 1)[-1].strip().split(".")[0] for line in done.stderr.splitlines() if "|" in line}
    assert not HEAVY & imported
