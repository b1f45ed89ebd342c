"""Every number among the flags has a range, and one line says what is outside of it."""

import re

import command_session
import pytest

TRAINERS = ["mass_spring", "pendulum", "pixel_pendulum", "real_pendulum", "three_body", "two_body"]
MODULES = [*(f"trainers.{name}" for name in TRAINERS), "export", "export.litert"]
EXTREMES = {
    "float": ["1e200", "1e308", "-1e308", "nan", "inf", "-inf"],
    "integer": [str(2**63), "-1", "1" + "0" * 30],
}


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """(exit code, stdout, stderr) of --help by module."""
    commands = [[module, "--help"] for module in MODULES]
    return dict(zip(MODULES, command_session.run(commands, tmp_path_factory.mktemp("pages")), strict=True))


@pytest.fixture(scope="module")
def answers(pages, tmp_path_factory):
    """(exit code, stdout, stderr) by (module, argument), for extremes of every number that --help of a module names."""
    cases = [
        (module, f"--{name}={extreme}")
        for module, (_, page, _) in pages.items()
        for name, kind in re.findall(r"--(\w+)=<(float|integer|int)>", page)
        for extreme in EXTREMES["integer" if kind == "int" else kind]
    ]
    commands = [[*case, *_required(case[0])] for case in cases]
    return dict(zip(cases, command_session.run(commands, tmp_path_factory.mktemp("numbers")), strict=True))


def _required(module):
    return ["--model_path=absent.keras", "--export_dir=absent"] if module == "export" else []


@pytest.mark.slow
def test_finds_the_numbers(answers):
    names = {argument.split("=")[0] for _, argument in answers}
    assert {"--huber", "--steps", "--noise_std", "--autoencoder_units", "--max_step_size", "--batch_size"} <= names
    assert len(answers) > 250


def test_extremes_are_refused_in_a_line_that_names_flag_and_range(answers):
    for (module, argument), (code, output, error) in answers.items():
        case = f"{module} {argument[:60]}: {error[-500:]}"
        assert (code, output) == (2, ""), case
        assert error.startswith("error: "), case
        assert error.count("\n") == 1, case
        assert argument.split("=")[0] in error, case
        assert "a number from" in error or "in the range" in error, case


def test_help_shows_lists_as_they_are_given(pages):
    code, output, error = pages["trainers.pendulum"]
    assert (code, error) == (0, "")
    assert "  --hidden_units=<value,value,...> (default: 200,200)\n" in output
