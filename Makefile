# Every target sets up what it needs; `make demo` works from a fresh clone.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
export SAM_CLI_TELEMETRY := 0
# Writing bytecode is what keeps the local cloud's functions quick to start.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup demo test proof up down bench check format lock clean
.DEFAULT_GOAL := help

help: ## what each target does
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(VENV)/.ready ## virtual environment and checkers

$(VENV)/.ready: requirements/dev.txt requirements/uv.txt package-lock.json
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements/dev.txt requirements/uv.txt
	npm ci --silent
	$(BIN)/python -m compileall -q $(VENV)/lib || true
	@touch $@

demo: setup ## the main job, told live; exit 0 only if every check held
	$(BIN)/python -m local.demo

up: setup ## the local cloud with the control plane deployed, kept running
	$(BIN)/python -m local up

down: setup ## stop the local cloud
	$(BIN)/python -m local down

test: setup ## every test but the long ones
	$(BIN)/pytest --ignore=tests/proof

proof: setup ## the long tests
	$(BIN)/python -m tests.proof

bench: setup ## benchmarks: ratios measured side by side
	$(BIN)/python -m bench

check: setup ## format, lint, types, templates
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest -q tests/template

format: setup ## format and fix what can be fixed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: setup ## compile the pinned requirements again
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header requirements/uv.in -o requirements/uv.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header requirements/dev.in -o requirements/dev.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-deps --generate-hashes --no-emit-index-url --no-header layers/dependencies/requirements.in -o layers/dependencies/requirements.txt

clean: ## remove what the targets made
	rm -rf $(VENV) node_modules .aws-sam .stargate out
