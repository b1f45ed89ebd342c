# Every target sets up what it needs: a virtual environment in .venv with the package and its test tools.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help pendulum test test-all check lint types table clean

help:
	@echo "make pendulum   set up, train on the ideal pendulum, evaluate, draw, export (runs/pendulum)"
	@echo "make test       set up and run the fast tests"
	@echo "make test-all   the slow trainings, too"
	@echo "make check      lint, types and the fast tests: what CI runs"
	@echo "make table      train every task over five seeds and write the README's table"

$(BIN)/.installed: setup.py pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if (3, 11) <= v < (3, 14) else "error: Python %d.%d: expected 3.11, 3.12 or 3.13; make PYTHON=python3.12 ..." % v[:2])'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@

pendulum: $(BIN)/.installed
	$(BIN)/python -m trainers.pendulum --flagfile=pendulum.flags --output_dir=runs/pendulum --export --resume

test: $(BIN)/.installed
	$(BIN)/python -m pytest

test-all: $(BIN)/.installed
	$(BIN)/python -m pytest -m "slow or not slow"

lint: $(BIN)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(BIN)/.installed
	$(BIN)/mypy

check: lint types test

table: $(BIN)/.installed
	$(BIN)/python -m benchmarks.paper_table --seeds=5 --protocols=paper,clean --update_readme

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache
