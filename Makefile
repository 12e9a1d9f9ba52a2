# Ledgerbridge. `make` shows what there is; `make demo` and `make test` are all that most people need.
# Everything is written below .venv/ and var/ of this folder, and the installers' own caches.

SHELL := /bin/sh
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
VAR := $(CURDIR)/var

# Whatever is put aside for a moment, too; but a socket's path may have 107 characters, and programs add forty.
export TMPDIR := $(shell path='$(VAR)/tmp'; if [ $${#path} -le 60 ]; then echo "$$path"; else echo "$${TMPDIR:-/tmp}"; fi)
export PYTEST_DEBUG_TEMPROOT := $(VAR)/tmp
export AIRFLOW_HOME := $(VAR)/airflow
export PYTHONPATH := $(CURDIR)/include
export GX_ANALYTICS_ENABLED := false
export DO_NOT_TRACK := 1
export PYTHONUNBUFFERED := 1
export MYPY_CACHE_DIR := $(VAR)/cache/mypy
export RUFF_CACHE_DIR := $(VAR)/cache/ruff
# Where PYTHONDONTWRITEBYTECODE is set, each of Airflow's processes would compile every library anew. Bytecode is kept,
# but not among the sources.
export PYTHONPYCACHEPREFIX := $(VAR)/cache/bytecode
unexport PYTHONDONTWRITEBYTECODE
# One thread per process: two cores are better used by Airflow's own processes.
export OPENBLAS_NUM_THREADS := 1

# Only for `make demo`: ONCE=1 ends after one pass; the ECONOMIC_* ones use a real agreement.
export ONCE ECONOMIC_URL ECONOMIC_APIS_URL ECONOMIC_APP_SECRET_TOKEN ECONOMIC_AGREEMENT_GRANT_TOKEN

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

# --- What people run ---------------------------------------------------------------------------

.PHONY: demo
demo: $(VENV)/runtime ## Start all of it on this machine with example data (ONCE=1: one pass, then end)
	$(BIN)/python -m sandbox.demo

.PHONY: test
test: lint ## Check the code's form, then run every test, from nothing
	$(BIN)/python -m pytest -o cache_dir=var/cache/pytest -m "not long" -n 2 --dist loadscope --no-loadscope-reorder $(PYTEST)

.PHONY: specs
specs: $(VENV)/development ## List each part of the specification and the tests that prove it
	$(BIN)/python tests/specs.py

.PHONY: lint
lint: $(VENV)/development ## Check the code's form: ruff, mypy, import-linter, no floats
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --cache-dir var/cache/import-linter
	$(BIN)/python tests/floats.py include/ledgerbridge

.PHONY: faults
faults: $(VENV)/development ## Run what `make test` has no time for: ROUNDS=50 of every fault, SEED= to repeat, Airflow restarted
	ROUNDS="$(or $(ROUNDS),50)" SEED="$(SEED)" $(BIN)/python -m pytest -o cache_dir=var/cache/pytest -m long -n 2 --dist loadscope --no-loadscope-reorder tests/faults tests/platform tests/end_to_end tests/every_target $(PYTEST)

.PHONY: mutations
mutations: $(VENV)/development ## Switch each promise's mechanism off in a copy, and see its test turn red
	$(BIN)/python tests/faults/mutate.py $(MUTATIONS)

.PHONY: bench
bench: $(VENV)/development var/benchmark/venv/installed ## Measure speed and safety beside others (FULL=1: more of it; hours)
	$(BIN)/python tests/benchmarks/run.py $(if $(FULL),--full) $(BENCH)

.PHONY: bench-docs
bench-docs: $(VENV)/development ## Put the last result of `make bench` into the docs
	$(BIN)/python tests/benchmarks/run.py --docs

# The contestants' packages stay out of the product's environment.
var/benchmark/venv/installed: tests/benchmarks/contestants/requirements.txt | $(BIN)/python
	@$(PYTHON) -m venv var/benchmark/venv
	$(call install,-r $<,var/benchmark/venv/bin/python)
	@touch $@

.PHONY: screenshots
screenshots: $(VENV)/development ## Make the pictures of the pages for the docs
	$(BIN)/python -m sandbox.screenshots

.PHONY: pins
pins: $(VENV)/development ## Write requirements*.txt anew from requirements*.in (UP=1: with newer versions)
	$(LOCK) requirements.in -o requirements.txt
	$(LOCK) requirements-dev.in -c requirements.txt -o requirements-dev.txt

# One list for Python 3.11 to 3.13 on Linux and macOS.
LOCK := $(BIN)/python -m uv pip compile --quiet --universal --python-version 3.11 --no-annotate \
  --no-emit-index-url --no-emit-find-links --custom-compile-command "make pins" $(if $(UP),--upgrade)

.PHONY: clean
clean: ## Remove everything that was made here, the demo's data included
	rm -rf $(VENV) var

# --- The interpreter and its packages ----------------------------------------------------------

# $(call install,what[,interpreter]): packages go in with uv, which takes seconds; where uv is not to be had, with pip, which takes minutes.
# uv does not read pip's configuration, so what pip is told about indexes is passed on to it here.
define install
	@if $(BIN)/python -m uv --version >/dev/null 2>&1 || $(BIN)/python -m pip install --quiet uv; then \
	  setting() { $(BIN)/python -m pip config get "global.$$1" 2>/dev/null || $(BIN)/python -m pip config get ":env:.$$1" 2>/dev/null || true; }; \
	  index=$$(setting index-url); more=$$(setting extra-index-url | tr '\n' ' '); links=$$(setting find-links | tr ' ' ','); certificates=$$(setting cert); \
	  if [ -n "$$index" ]; then export UV_DEFAULT_INDEX="$${UV_DEFAULT_INDEX:-$$index}"; fi; \
	  if [ -n "$$more" ]; then export UV_INDEX="$${UV_INDEX:-$$more}" UV_INDEX_STRATEGY=unsafe-best-match; fi; \
	  if [ -n "$$links" ]; then export UV_FIND_LINKS="$${UV_FIND_LINKS:-$$links}"; fi; \
	  if [ -n "$$certificates" ]; then export SSL_CERT_FILE="$${SSL_CERT_FILE:-$$certificates}"; fi; \
	  $(BIN)/python -m uv pip install --python $(or $(2),$(BIN)/python) $(1) || $(or $(2),$(BIN)/python) -m pip install $(1); \
	else \
	  echo "uv is not to be had; installing with pip, which takes longer"; \
	  $(or $(2),$(BIN)/python) -m pip install $(1); \
	fi
endef

var/tmp:
	@mkdir -p $@

$(BIN)/python: | var/tmp
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Ledgerbridge needs Python 3.11 or newer, and \"$(PYTHON)\" is $$($(PYTHON) --version 2>/dev/null | grep . || echo "not there")."; \
	  echo "Install one and name it: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { \
	  echo "The venv module of $(PYTHON) does not work; on Debian and Ubuntu: apt-get install python3-venv"; \
	  rm -rf $(VENV); exit 1; }

$(VENV)/runtime: requirements.txt | var/tmp $(BIN)/python
	$(call install,-r requirements.txt)
	@touch $@

$(VENV)/development: requirements.txt requirements-dev.txt | var/tmp $(BIN)/python
	$(call install,-r requirements.txt -r requirements-dev.txt)
	@touch $@ $(VENV)/runtime
