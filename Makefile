# Everything a person or CI runs. `make help` lists it.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
UV := $(BIN)/uv
INSTALL = $(UV) pip install --quiet --compile-bytecode --python $(BIN)/python
LOCK = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	--no-annotate --no-emit-package jobmill-engine --no-emit-package jobmill-client --no-emit-package jobmill
RUN := $(BIN)/python -m
# Libraries of engines, which `jobmill models install` installs beside the server's own.
EXTRAS := speech text entities translate ocr embeddings motion usd

.PHONY: help setup demo test test-full check fix serve bench lock new-engine clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

.venv/uv: requirements/uv.txt
	@$(PYTHON) tools/preflight.py
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

.venv/runtime: .venv/uv requirements/runtime.txt pyproject.toml kit/pyproject.toml client/pyproject.toml
	$(INSTALL) --require-hashes -r requirements/runtime.txt
	$(INSTALL) --no-deps --no-build-isolation -e kit -e client -e .
	@$(RUN) compileall -q src kit/src client/src
	@touch $@

.venv/dev: .venv/runtime requirements/dev.txt
	$(INSTALL) --require-hashes -r requirements/dev.txt
	@touch $@

.venv/bench: .venv/dev requirements/bench.txt
	$(INSTALL) --require-hashes -r requirements/bench.txt
	@touch $@

setup: .venv/dev ## install everything a developer needs into .venv

demo: .venv/runtime ## make sample media, start the server, run jobs, show results (EXIT=1: stop afterwards)
	@$(BIN)/jobmill demo $(if $(EXIT),--exit)

serve: .venv/runtime ## start the server on http://127.0.0.1:9000
	$(BIN)/jobmill serve

test: .venv/dev ## the whole suite
	$(RUN) pytest -n 2 --dist loadfile -m "not full"

test-full: .venv/dev ## the suite with large sets and long runs
	$(RUN) pytest -n 2 --dist loadfile

check: .venv/dev ## format, lint, types, import contracts, sizes, docs (what CI runs)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/sizes.py
	$(RUN) pytest -q tests/repo/test_docs.py

fix: .venv/dev ## format and repair what can be repaired
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: .venv/bench ## measure against peers and limits; JSON lines
	$(BIN)/python -m benchmarks

new-engine: .venv/runtime ## scaffold an engine: make new-engine NAME=my-engine
	$(BIN)/jobmill engines new $(NAME)

lock: .venv/uv ## resolve the requirement files again
	$(LOCK) requirements/uv.in -o requirements/uv.txt
	$(LOCK) pyproject.toml --group build -o requirements/runtime.txt
	for extra in $(EXTRAS); do $(LOCK) pyproject.toml --extra $$extra -c requirements/runtime.txt \
		$$(sed -n 's/^\([a-z0-9.-]*\)==.*/--no-emit-package \1/p' requirements/runtime.txt | sort -u) \
		-o src/jobmill/adapters/models/requirements/$$extra.txt; done
	$(LOCK) pyproject.toml --group dev -c requirements/runtime.txt -o requirements/dev.txt
	$(LOCK) pyproject.toml --group dev --group bench -c requirements/dev.txt -o requirements/bench.txt

clean: ## remove what make made
	rm -rf .venv .demo .bench .mypy_cache .ruff_cache .pytest_cache .hypothesis
