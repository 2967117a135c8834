# The set-up is part of every target and starts at once when it is done; packaging/bootstrap.py is the same on Windows.
PYTHON ?= python3
UV ?= uv
ARGS ?=
BACKDESK = $(PYTHON) packaging/bootstrap.py
LOCKS = packaging/requirements

.PHONY: help setup run test test-long bench screenshots lint format lock clean

help: ## what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## virtual environment, locked dependencies, system libraries
	@$(BACKDESK) setup

run: ## open Backdesk on the demo company (ARGS="…" goes to the command)
	@$(BACKDESK) run $(ARGS)

test: ## lint, types, import contracts, tests (ARGS="…" goes to pytest)
	@$(BACKDESK) test $(ARGS)

test-long: ## the proofs that take minutes
	@$(BACKDESK) test-long $(ARGS)

bench: ## speed, as a table and in build/bench
	@$(BACKDESK) bench $(ARGS)

screenshots: ## every page, light and dark, in build/screenshots
	@$(BACKDESK) screenshots $(ARGS)

lint: ## ruff, mypy, import contracts
	@$(BACKDESK) lint

format: ## format the sources
	@$(BACKDESK) format

lock: ## write the lock files again after a change of dependencies (needs uv; ARGS=--upgrade for newer releases)
	@$(UV) pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --custom-compile-command "make lock" --quiet $(ARGS) -o $(LOCKS)/runtime.lock
	@$(UV) pip compile pyproject.toml --group dev --group bench --group build --universal --python-version 3.11 --generate-hashes \
	    --constraint $(LOCKS)/runtime.lock --no-emit-index-url --custom-compile-command "make lock" --quiet $(ARGS) \
	    -o $(LOCKS)/dev.lock

clean: ## remove what was built, not the virtual environment
	@rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -path ./.venv -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +
