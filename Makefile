# Every target sets up what it needs; `make demo` works from a fresh clone.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
export SAM_CLI_TELEMETRY := 0
# Writing bytecode is what keeps the local cloud's functions quick to start.
unexport PYTHONDONTWRITEBYTECODE

# What the functions and the local cloud import at run time. Compiled ahead, so that the first process of
# each kind is as quick as the second; the rest is compiled when it is first used.
COMPILED := boto3 botocore s3transfer urllib3 jmespath dateutil aws_lambda_powertools aws_xray_sdk wrapt \
	chalice jsonschema jsonschema_specifications referencing attr attrs ministack

.PHONY: help setup demo up down test proof bench real-gateway litellm-load gateway-check check format lock clean
.DEFAULT_GOAL := help

help: ## what each target does
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

setup: $(VENV)/.ready ## virtual environment and checkers

$(VENV)/.ready: requirements/dev.txt requirements/uv.txt package-lock.json
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
		|| { echo "Stargate needs CPython 3.11, 3.12 or 3.13: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@echo "set-up: virtual environment in $(VENV), checkers in node_modules (once, well under a minute)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install -qq --no-input --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements/dev.txt requirements/uv.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@cd "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')" \
		&& $(CURDIR)/$(BIN)/python -m compileall -q -j 0 $(COMPILED)
	@npm ci --silent --no-progress
	@touch $@

demo: setup ## the main job, told live; exit 0 only if every check held
	@$(BIN)/python -m local.demo

up: setup ## the local cloud with the control plane deployed, kept running
	$(BIN)/python -m local up

down: setup ## stop the local cloud
	$(BIN)/python -m local down

test: setup ## every test but the long ones
	$(BIN)/pytest -n 2 --dist loadgroup --ignore=tests/proof --ignore=tests/gateway

proof: setup gateway-check ## the long tests
	$(BIN)/pytest -n 2 --dist loadgroup --timeout 900 --ignore=tests/proof/test_crowd.py tests/proof
	$(BIN)/pytest tests/proof/test_crowd.py

# The real LiteLLM proxy: a judge with pins of its own, so in a virtual environment of its own.
.venv-litellm/.ready: requirements/litellm.txt | setup
	@$(PYTHON) -m venv .venv-litellm
	@$(BIN)/uv pip sync --quiet --python .venv-litellm/bin/python --require-hashes requirements/litellm.txt
	@touch $@

# checkov, the same.
.venv-checkov/.ready: requirements/checkov.txt | setup
	@$(PYTHON) -m venv .venv-checkov
	@$(BIN)/uv pip sync --quiet --python .venv-checkov/bin/python --require-hashes requirements/checkov.txt
	@touch $@

gateway-check: setup .venv-litellm/.ready .venv-checkov/.ready ## the gateway, judged by LiteLLM, VictoriaMetrics, PostgreSQL, checkov
	@.ci/judges
	$(BIN)/pytest tests/gateway

real-gateway: setup .venv-litellm/.ready ## the real LiteLLM and VictoriaMetrics behind NAME, an environment of the local cloud
	@.ci/judges
	$(BIN)/python -m local.judges.behind $(NAME)

litellm-load: setup .venv-litellm/.ready ## measure the real LiteLLM proxy under load, for the twin (20 minutes)
	$(BIN)/python -m bench.litellm_load

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
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header requirements/litellm.in -o requirements/litellm.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header requirements/checkov.in -o requirements/checkov.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-deps --generate-hashes --no-emit-index-url --no-header layers/dependencies/requirements.in -o layers/dependencies/requirements.txt

clean: ## remove what the targets made
	rm -rf $(VENV) .venv-litellm .venv-checkov node_modules .aws-sam .stargate out
