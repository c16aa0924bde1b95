# Every target needs python3 (3.11 or newer) and make; the rest goes into .venv.

PYTHON ?= python3
DATA ?= .demo
PORT ?= 8000
TESTS ?=
BENCH ?=

# Resolves the pins; nothing else depends on its version.
UV := 0.13.9

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help demo test lint format bench lock clean

help:  ## Say what there is to make
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(STAMP)  ## Serve a district full of invented data (DATA=.demo PORT=8000)
	$(BIN)/gridql demo --data "$(DATA)" --port "$(PORT)"

test: $(STAMP)  ## Run all tests, on SQLite and PostgreSQL (TESTS="tests/unit -k name")
	$(BIN)/python -m pytest $(TESTS)

lint: $(STAMP)  ## Check style, types and the floor plan
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(STAMP)  ## Mend what can be mended by machine
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

bench: $(STAMP)  ## Measure against an idiomatic server over the same rows (BENCH="--only forms")
	$(BIN)/python -m tests.benchmarks.drive $(BENCH)

# The project itself cannot be hashed, and pip takes no unhashed requirement beside hashed ones:
# hence two installs. The second needs nothing that the first has not brought.
$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "gridql needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) --version 2>&1)." >&2; \
		echo "Name another one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "'$(PYTHON)' cannot make virtual environments." >&2; \
		echo "On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--require-hashes --requirement constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--no-deps --no-build-isolation --editable .
	@touch $@

# Pins that still fit stay; `make lock UPGRADE=1` takes the newest of everything.
lock:  ## Renew constraints.txt from pyproject.toml (UPGRADE=1 for newer versions)
	$(PYTHON) -m venv .lock-venv
	.lock-venv/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV)
	.lock-venv/bin/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
		--extra postgres --extra xlsform --extra testing --group test --group lint --group build \
		--generate-hashes --no-header --no-emit-index-url \
		$(if $(UPGRADE),--upgrade) --output-file constraints.txt
	@printf '%s\n' \
		'# Every package that gridql, its tests and its checks need: versions and hashes.' \
		'# Made from pyproject.toml by `make lock`; never by hand.' \
		| cat - constraints.txt > constraints.new
	@mv constraints.new constraints.txt

clean:  ## Remove everything that was made, the demo's data too
	rm -rf $(VENV) .lock-venv dist build .demo .hypothesis .*_cache tests/*/node_modules
	find gridql plugins tests -name __pycache__ -type d -prune -exec rm -rf {} +
