# Two commands do everything: `make demo` and `make test`; `make gate` is what a build asks beside them.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

# Scenarios that are held against results/baselines/, and how many replications that takes.
GATED  := scenarios/05-partition-recovery.yaml scenarios/07-injected-anomalies.yaml
PAIRS  := replications=12

.PHONY: demo test gate claims scorecard validation baselines lint gallery bench clean

demo: $(STAMP)
	$(BIN)/sim run scenarios/05-partition-recovery.yaml

test: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -n auto --dist loadfile

gate: $(STAMP)
	$(BIN)/sim check $(GATED) --set $(PAIRS) --jobs 2

# Recorded data, where they are: claims about them are left open without.
claims scorecard: export SIM_DATA := $(or $(SIM_DATA),$(realpath ../shared/data))

# The short form of the scorecard, held against the one that is committed.
claims: $(STAMP)
	$(BIN)/sim claims --fast --jobs 2 --against results/gallery/claims.json

# The whole of it, within an hour; in a commit of its own.
scorecard: $(STAMP)
	$(BIN)/sim claims --jobs 2 --write results/gallery

# Theory against the simulator, written by the tests that measure it: in a commit of its own.
validation: $(STAMP)
	$(BIN)/pytest tests/theory -n auto --dist loadfile --validation docs/validation.md

# In a commit of its own, with the table that this prints in the message.
baselines: $(STAMP)
	$(BIN)/sim baseline update $(GATED) --set $(PAIRS) --jobs 2 --yes

lint: $(STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Every picture of docs/gallery.md again, and the figures beside them: ten minutes.
gallery: $(STAMP)
	$(BIN)/python -m benchmarks.gallery

bench: $(STAMP)
	$(BIN)/python -m benchmarks.reference_workload

# The environment is rebuilt when the project's own requirements change.
$(STAMP): setup.cfg pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --editable '.[dev]'
	touch $(STAMP)

clean:
	rm -rf $(VENV) build *.egg-info
