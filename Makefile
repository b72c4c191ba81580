# Needs Python >= 3.10, make and git; everything else comes into .venv. `make PYTHON=python3.12 test` chooses the Python.
PYTHON ?= python3
BIN := .venv/bin
PYTEST_ARGS ?=
# The tests wait more than they compute.
PROCESSES ?= 4
# Of 100 branches of the engine and what it stands on, the least that the unit tests have to take.
UNIT_BRANCHES ?= 85

# A stamp per Python version: the environment is made anew when the version or the requirements change.
VERSION := $(shell $(PYTHON) -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])')
READY := .venv/ready-$(VERSION)

# What a user's settings of pip could bend; the registry and its certificates stay as they are.
PIP := env -u PIP_TARGET -u PIP_PREFIX -u PIP_CONSTRAINT -u PIP_VERBOSE -u PYTHONHOME -u PYTHONPATH PIP_USER=0 \
	$(BIN)/python -m pip -qq --disable-pip-version-check

AZDEV := env VIRTUAL_ENV=$(CURDIR)/.venv PATH="$(CURDIR)/$(BIN):$$PATH" AZURE_CORE_COLLECT_TELEMETRY=no \
	AZDEV_CLI_REPO_PATH=$(CURDIR)/ci/azdev AZDEV_EXT_REPO_PATHS=$(CURDIR) AZURE_EXTENSION_DEV_SOURCES=$(CURDIR) \
	AZDEV_CONFIG_DIR=$(CURDIR)/.tmp/azdev AZURE_CONFIG_DIR=$(CURDIR)/.tmp/lint AZURE_EXTENSION_DIR=$(CURDIR)/.tmp/lint \
	$(BIN)/azdev

# coverage looks for these variables whenever a Python begins: so every az and every process of pytest is measured.
MEASURED := env COVERAGE_PROCESS_START=$(CURDIR)/pyproject.toml COVERAGE_FILE=$(CURDIR)/.tmp/coverage

.PHONY: help venv demo test test-faults coverage record lint ruff format check types style linter bench wheel clean

help:
	@echo 'make demo         two virtual networks joined by the real az, against a simulated Azure, in about half a minute'
	@echo 'make test         all tests (PYTEST_ARGS="-k packaging" for some)'
	@echo 'make test-faults  the same end state after an interruption at every request, and after random faults'
	@echo 'make coverage     which branches the unit tests take, and which all tests of commands (a quarter of an hour)'
	@echo 'make record       the cassettes of tests/cassettes anew, after the requests of a command have changed'
	@echo 'make lint         ruff, mypy, azdev linter and azdev style'
	@echo 'make format       ruff format'
	@echo 'make types        mypy, as strict as pyproject.toml says'
	@echo 'make bench        the native az commands against ours'
	@echo 'make wheel        dist/vnet2vnet-*.whl, for az extension add --source'
	@echo 'make clean        remove what these made, .venv included'

venv: $(READY)

$(READY): requirements-dev.txt requirements-unit.txt
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.10 or newer is needed: make PYTHON=python3.12 ..." \
		if sys.version_info < (3, 10) else 0)'
	@echo 'Making .venv with Python $(VERSION) and azure-cli (once, takes a minute or two) ...'
	@# A link may lead to the environment of another checkout, which --clear would empty.
	@[ ! -L .venv ] || rm .venv
	@$(PYTHON) -m venv --clear .venv
	@$(PIP) install -r requirements-dev.txt
	@$(PIP) install --no-deps --target .venv/unit-sdk -r requirements-unit.txt
	@touch $@

demo: $(READY)
	@$(BIN)/python -m tests.demo

test: $(READY)
	@$(BIN)/python -m pytest tests -q -n $(PROCESSES) --durations=5 -m 'not faults' $(PYTEST_ARGS)

test-faults: $(READY)
	@$(BIN)/python -m pytest tests -q -n $(PROCESSES) --durations=5 -m faults $(PYTEST_ARGS)

coverage: $(READY)
	@rm -rf .tmp/coverage && mkdir -p .tmp/coverage/unit .tmp/coverage/commands
	@failed=0; \
	$(MEASURED)/unit/data $(BIN)/python -m pytest tests/unit -q -n $(PROCESSES) $(PYTEST_ARGS) || failed=1; \
	$(MEASURED)/commands/data $(BIN)/python -m pytest tests/commands -q -n $(PROCESSES) $(PYTEST_ARGS) || failed=1; \
	$(BIN)/python -m tests.coverage_figures $(UNIT_BRANCHES) || failed=1; \
	exit $$failed

record: $(READY)
	@VNET2VNET_RECORD=simulator $(BIN)/python -m pytest tests/test_cassettes.py -q $(PYTEST_ARGS)

lint: ruff types linter style

ruff: $(READY)
	@$(BIN)/ruff format --check . && $(BIN)/ruff check .

format: $(READY)
	@$(BIN)/ruff format .

check: $(READY)
	@$(BIN)/ruff check .

types: $(READY)
	@$(BIN)/mypy

linter: $(READY)
	@mkdir -p .tmp/azdev .tmp/lint
	@$(BIN)/python setup.py -q egg_info
	@$(AZDEV) linter azext_vnet2vnet --min-severity medium --rule-types params commands command_groups help_entries

style: $(READY)
	@mkdir -p .tmp/azdev .tmp/lint
	@$(BIN)/python setup.py -q egg_info
	@$(AZDEV) style azext_vnet2vnet

bench: $(READY)
	@$(BIN)/python -m tests.bench

wheel: $(READY)
	@mkdir -p .tmp && rm -rf build dist
	@$(BIN)/python -m build --wheel --no-isolation > .tmp/wheel.log 2>&1 || { cat .tmp/wheel.log; exit 1; }
	@rm -rf build
	@ls dist/*.whl

clean:
	rm -rf .venv .tmp .pytest_cache .ruff_cache .hypothesis build dist *.egg-info
	find azext_vnet2vnet tests -name __pycache__ -type d -prune -exec rm -rf {} +
