"""The roles in a schema file are those of the columns, unless a flag says another one."""

import json

import command_session
import pytest

ROLES = {"time": "t", "positions": ["theta"], "velocities": "omega", "units": {"t": "s"}}


@pytest.fixture
def refusal(tmp_path):
    """The last line of the trainer for a schema and flags, with a table that has the columns t and theta only."""

    def refused(roles, *flags):
        (tmp_path / "roles.json").write_text(json.dumps(roles))
        (tmp_path / "swing.csv").write_text("t,theta\n" + "".join(f"{i},{i % 7}\n" for i in range(50)))
        arguments = ["--data_path=swing.csv", "--schema=roles.json", "--output_dir=run", *flags]
        ((code, _, error),) = command_session.run([["trainers.own_data", *arguments]], tmp_path)
        assert code == 2
        assert not (tmp_path / "run").exists()
        return error.strip().splitlines()[-1]

    return refused


def test_the_file_says_the_roles(refusal):
    assert "expected the column 'omega'" in refusal(ROLES)


def test_a_flag_wins_over_the_file(refusal):
    assert "expected the column 'speed'" in refusal(ROLES, "--velocities=speed")


def test_an_unknown_key_is_refused(refusal):
    assert "received 'position'" in refusal(ROLES | {"position": "x"})
