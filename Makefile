# Every target sets up what it needs: a virtual environment in .venv with the package and its test tools.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help pendulum test test-slow test-export test-portable check lint types table limits cost integrators figures clean

help:
	@echo "make pendulum   set up, train on the ideal pendulum, evaluate, draw, export (runs/pendulum)"
	@echo "make test       set up and run the fast tests"
	@echo "make test-slow  run the slow tests: trainings, and cases that take long"
	@echo "make test-export  run the tests of exported models in other programs"
	@echo "make test-portable  run all of these as other processors would, and name the bounds that are too near"
	@echo "make check      lint, types and the fast tests"
	@echo "make table      train every task over five seeds and write docs/results, docs/results.md and README (DATA=invar_datasets.zip)"
	@echo "make limits     measure the method's known limits, of the table's runs and of some more"
	@echo "make cost       measure what commands, data and serving cost, and write the tables of docs"
	@echo "make integrators  measure every integrator and write docs/integrators.md"
	@echo "make figures    draw the figures of README and docs, of the table's runs and of make pendulum (DATA=...)"

$(BIN)/.installed: setup.py pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if (3, 11) <= v < (3, 14) else "error: Python %d.%d: expected 3.11, 3.12 or 3.13; make PYTHON=python3.12 ..." % v[:2])'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@

# What the conversions need, some 200 MB.
$(BIN)/.installed-export: $(BIN)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[litert,onnx]'
	@touch $@

pendulum: $(BIN)/.installed
	$(BIN)/python -m trainers.pendulum --flagfile=pendulum.flags --output_dir=runs/pendulum --export --resume

test: $(BIN)/.installed
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

test-slow: $(BIN)/.installed
	$(BIN)/python -m pytest -m "slow and not times" -n 2 --dist loadfile
	$(BIN)/python -m pytest -m "slow and times"

test-export: $(BIN)/.installed-export
	$(BIN)/python -m pytest -m export

test-portable: $(BIN)/.installed-export
	$(BIN)/python -m tests.portable

lint: $(BIN)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(BIN)/.installed
	$(BIN)/mypy

check: lint types test

# The real pendulum's record: downloaded when not given.
DATA ?=
RECORD = $(if $(DATA),--data_path=$(DATA))

table: $(BIN)/.installed
	$(BIN)/python -m benchmarks.paper_table --tasks=all --seeds=5 --protocols=paper,clean $(RECORD)

limits: $(BIN)/.installed
	$(BIN)/python -m benchmarks.known_limits

cost: $(BIN)/.installed
	$(BIN)/python -m benchmarks.run_cost --update_docs
	$(BIN)/python -m benchmarks.data_cost --update_docs
	$(BIN)/python -m benchmarks.serving_cost --update_docs

integrators: $(BIN)/.installed
	$(BIN)/python -m benchmarks.rollout_cost --update_docs
	$(BIN)/python -m benchmarks.integrators --update_docs

figures: pendulum
	$(BIN)/python -m trainers.real_pendulum --flagfile=real_pendulum.flags --output_dir=runs/real_pendulum --resume $(RECORD)
	cp runs/pendulum/figures/energy.png runs/pendulum/figures/phase_portrait.png docs/images
	cp runs/real_pendulum/figures/energy.png docs/images/real_pendulum_energy.png
	$(BIN)/python -m benchmarks.paper_figures $(RECORD)

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache
