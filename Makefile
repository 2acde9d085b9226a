# Every command a person needs; each does its own set-up.
PYTHON ?= python3
PORT ?= 8000
LOAD ?= 10
MINUTES ?= 60
BIN := .venv/bin
export PYTHONDONTWRITEBYTECODE :=

.PHONY: setup demo test check bench load torture lock bundle

setup: .venv/.ready

.venv/.ready: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Huiyin needs Python 3.11 or newer (PYTHON=python3.12 make …)")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --compile-bytecode -r requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

demo: setup
	$(BIN)/huiyin demo --port $(PORT)

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-logo
	$(BIN)/mypy

test: check
	$(BIN)/python -m tests.browser_ready
	$(BIN)/pytest -n 5 --dist loadfile --no-loadscope-reorder

bench: setup
	$(BIN)/huiyin bench

# an hour at full size; PART=intake or burst, backlog, overdue, pace, intake-postgresql, noise for one; LOAD=1 to try
load: setup
ifeq ($(filter-out noise,$(PART)),)
	$(BIN)/pytest tests/noise --month --write-noise -s
endif
ifneq ($(PART),noise)
	$(BIN)/python -m tests.load $(if $(PART),--only $(PART)) --minutes $(LOAD) $(if $(PART),,--write)
endif

# lives on from the seed where it stopped, towards 20,000; MINUTES=600 for a night
torture: setup
	$(BIN)/python -m tests.sim.torture --minutes $(MINUTES)
	$(BIN)/python -m tests.sim.breaking
	$(BIN)/python -m tests.sim.drawing --record
	$(BIN)/pytest tests/hostile --torture --kill-minutes $(MINUTES)
	@echo "with --record, each adds what it reached to docs/reliability.json: then python -m tests.sim.report --write"

# everything an installation needs in one file, for a machine without a registry: artefacts/huiyin-VERSION.tar
bundle: setup
	$(BIN)/python -m bot.operations.bundle

# after a change of dependencies; what is locked stays where it is unless it must move
lock: setup
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --group dev -o requirements.lock pyproject.toml
