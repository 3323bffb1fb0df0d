# Two commands do all the set-up on a fresh machine: `make demo` and `make test`.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
WORKERS ?= 3
BEGAN := $(shell date +%s)

.PHONY: help demo test check install faults pictures bench lock clean
.DEFAULT_GOAL := help

help:
	@echo "make demo     try it: a local Slack, an embedded Redis, the bot; no accounts, no keys"
	@echo "make test     every test          make check   lint, types, import contracts"
	@echo "make install  .venv with everything     make bench   the benchmark table"
	@echo "make faults   the long fault runs (hours)"

install: $(STAMP)

# uv is fast and honours hashes; where it is not to be had, pip does the same, slower.
$(STAMP): pyproject.toml requirements-dev.lock requirements-bootstrap.lock
	@$(PYTHON) -c 'import sys; sys.exit(0 if (3,11) <= sys.version_info < (3,14) else "Python 3.11, 3.12 or 3.13 is needed (PYTHON=... make ...)")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing the pinned dependencies into .venv ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-bootstrap.lock
	@$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r requirements-dev.lock \
	  || $(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@$(BIN)/uv pip install -q --python $(BIN)/python --offline --no-deps --no-build-isolation -e .
	@touch $(STAMP)

demo: install
	@DEMO_BEGAN=$(BEGAN) $(BIN)/approvals demo

test: install
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal

# The long runs behind docs/reliability.md: many hours on two cores. Each prints its seed and how far it is.
faults: install
	$(BIN)/python -m tests.faults.mutations --write
	$(BIN)/python -m tests.faults.fuzz_front_door 1000000
	$(BIN)/python -m tests.blocks.many_payloads 200000
	$(BIN)/python -m tests.runs.many_states 20000
	$(BIN)/python -m pytest -q tests/approvals/test_authorisation_matrix.py tests/approvals/test_authorisation_by_rules.py
	$(BIN)/python -m tests.simulation.crash_points
	$(BIN)/python -m tests.simulation.many 0 1000000
	MACHINE_EXAMPLES=50000 $(BIN)/python -m pytest -q -s --timeout 0 --hypothesis-seed 1 tests/simulation/test_machine.py
	$(BIN)/python -m tests.faults.storm.run --kills 500 --approvals 5000 --deliveries 20000

check: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The README's screenshots, taken from the running demo. Needs Chromium.
pictures: install
	$(BIN)/python scripts/pictures.py
	$(BIN)/python -m scripts.lists
	$(BIN)/python -m scripts.shapes

bench: install
	$(BIN)/python -m bench

lock:
	@test -x $(BIN)/uv || $(MAKE) install
	$(BIN)/uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-header --no-annotate pyproject.toml --extra dev -o requirements-dev.lock
	$(BIN)/uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-header --no-annotate pyproject.toml -c requirements-dev.lock -o requirements.lock

clean:
	rm -rf .venv .approvals .mypy_cache .ruff_cache .pytest_cache .hypothesis
