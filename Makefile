# Everything starts here. `make demo` and `make test` need Python 3.11+, git and make; nothing else.
# Each target makes what it needs: its own `.venv`, with uv from the package index, from `uv.lock`.

PYTHON ?= python3
UV_VERSION := 0.13.8
VENV := .venv
BIN := $(VENV)/bin
# Byte-compiled dependencies: without them importing LiteLLM takes twenty seconds instead of three.
SYNC := $(BIN)/uv sync --quiet --locked --compile-bytecode --python $(BIN)/python
unexport PYTHONDONTWRITEBYTECODE
# The model prices LiteLLM ships are the ones we test with; it must not look for newer ones at import.
export LITELLM_LOCAL_MODEL_COST_MAP := True
PYTEST_ARGS ?=

.PHONY: help demo test check fmt lint types unit coverage integration golden schema test-newest-litellm wheel clean

help: ## Show what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 24

demo: $(VENV)/.run ## Simulated Cerebras and Z.ai, a session, a burst that falls back: no key, no network
	@$(BIN)/ccglm demo

test: check ## Everything: format, lint, types, the architecture, every test, coverage

check: $(VENV)/.dev fmt-check lint types coverage integration ## What `make test` is

fmt: $(VENV)/.dev ## Rewrite the sources in the house format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.PHONY: fmt-check
fmt-check: $(VENV)/.dev
	$(BIN)/ruff format --check .

lint: $(VENV)/.dev
	$(BIN)/ruff check .

types: $(VENV)/.dev
	$(BIN)/basedpyright

# Two runs, each on all cores. Tracing would make LiteLLM's start three times as slow, so coverage is
# measured where no LiteLLM process runs: every module has tests of its own there. Many tests wait for real
# processes; on a busy machine one may run out of time, so what failed is run once more without company.
SLOW := proxy or claude_code or wheel

unit: $(VENV)/.dev ## The tests that start no LiteLLM process
	$(BIN)/python -m pytest -q -n auto --dist loadfile -m "not ($(SLOW))" $(PYTEST_ARGS)

coverage: $(VENV)/.dev ## The same, with coverage of our own sources
	@rm -f .coverage .coverage.*
	$(BIN)/coverage run -m pytest -q -n auto --dist loadfile -m "not ($(SLOW))" $(PYTEST_ARGS) || \
	  { echo "once more, alone: what failed"; $(BIN)/coverage run -m pytest -q --lf -m "not ($(SLOW))"; }
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report --format=total >/dev/null || { $(BIN)/coverage report; exit 1; }
	@echo "coverage: $$($(BIN)/coverage report --format=total) %"

integration: $(VENV)/.dev ## Real LiteLLM processes, the real Claude Code client, the built wheel
	$(BIN)/python -m pytest -q -n auto --dist loadfile -m "$(SLOW)" $(PYTEST_ARGS) || \
	  { echo "once more, alone: what failed"; $(BIN)/python -m pytest -q --lf -m "$(SLOW)"; }

golden: $(VENV)/.dev ## Rewrite the golden configurations after a wanted change; read the diff
	UPDATE_GOLDEN=1 $(BIN)/python -m pytest -q tests/litellm_config/test_golden.py

schema: $(VENV)/.run ## Print the JSON schema of ccglm.yaml
	@$(BIN)/ccglm config schema

wheel: $(VENV)/.dev ## Build the wheel into dist/
	$(BIN)/uv build --wheel --quiet

# A second environment with the newest LiteLLM line. Its pins ask for package versions that an index may
# not have yet; the two overrides (a certificate bundle, database migrations) make it resolve.
test-newest-litellm: $(VENV)/.dev ## The seam's contract and the proxy tests on the newest LiteLLM 1.109.x
	@sh scripts/test_newest_litellm.sh $(BIN)

clean: ## Remove the environments and what tests left
	rm -rf $(VENV) .cache dist build .coverage .coverage.* .pytest_cache .ruff_cache .hypothesis

$(VENV)/.uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "error: $$($(PYTHON) --version 2>&1) is too old: ccglm needs Python 3.11 or newer" >&2; \
	  echo >&2; echo "hint: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 4; }
	@echo "making $(VENV) (once) ..." >&2
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@

# --inexact keeps uv itself, which the lock does not name.
$(VENV)/.run: $(VENV)/.uv pyproject.toml uv.lock
	@echo "installing the locked dependencies ..." >&2
	@test -f $(VENV)/.dev || $(SYNC) --inexact --no-default-groups
	@touch $@

$(VENV)/.dev: $(VENV)/.uv pyproject.toml uv.lock
	@echo "installing the locked dependencies and the developers' tools ..." >&2
	@$(SYNC) --inexact
	@touch $@
