# What is written to var/ is this account's alone: `portal doctor` looks for what is not.
# Everything here installs what it lacks first; a second run finds it there. Options go in ARGS: make demo ARGS="--port 8080"
PYTHON ?= python3
SET_UP = @$(PYTHON) .ci/set_up.py
BIOME = node_modules/.bin/biome

.PHONY: help demo test coverage lint format has-biome bench fuzz dependencies sbom wheel lock screenshots set-up set-up-test

help: ## say what there is
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' Makefile

demo: set-up ## the portal with a demo course, in rehearsal mode
	@.venv/bin/portal demo $(ARGS)

# With COVERAGE=1 every Python process that the tests start notes what it reached; `.venv/bin/python .ci/covered.py --all` adds it up.
COVERED = $(if $(COVERAGE),rm -rf var/coverage && mkdir -p var/coverage && umask 077 && \
	COVERAGE_FILE=$(CURDIR)/var/coverage/data COVERAGE_PROCESS_START=$(CURDIR)/pyproject.toml)

coverage: set-up-test ## whether the tests reach every branch of what must not be wrong
	@.venv/bin/python .ci/covered.py

test: set-up-test ## every test, browser tests included, DATABASE=postgres on PostgreSQL; COVERAGE=1 measures what they reach
	@$(COVERED) .venv/bin/python -m pytest -n auto --dist loadfile --no-loadscope-reorder $(DATABASE:%=--database %) $(ARGS)

screenshots: set-up-test ## the README's pictures, taken by the browser tests
	@SCREENSHOTS=tests/browser/screenshots .venv/bin/python -m pytest -q tests/browser/test_journey.py
	@cd tests/browser/screenshots && ls *.png | grep -v -e lesson-phone-zh -e rescue-zh -e present-zh -e completion-zh | xargs rm -f

lint: set-up-test has-biome ## style of Python, scripts, stylesheets and templates, dead code, types, and licences
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@$(BIOME) check --config-path=.ci/biome.jsonc --error-on-warnings static
	@.venv/bin/djlint --quiet --lint templates
	@.venv/bin/vulture
	@.venv/bin/mypy
	@.venv/bin/python .ci/dependencies.py --quiet

format: set-up-test has-biome ## format Python, scripts and stylesheets
	@.venv/bin/ruff check --quiet --select I --fix .
	@.venv/bin/ruff format .
	@$(BIOME) check --config-path=.ci/biome.jsonc --linter-enabled=false --write static

has-biome: set-up-test
	@test -x $(BIOME) || { echo "Biome is missing: there is none for this machine, or npm could not get it. Remove node_modules/ to try again."; exit 1; }

bench: set-up-test ## what the benchmarks need; bench/ has one program per question
	@echo "Run one: .venv/bin/python bench/<name>.py"

fuzz: set-up-test ## broken input for every reader, form and route; ARGS="--minutes 60 --kinds readers,forms,api --seed 1"
	@.venv/bin/python -m tests.fuzz $(ARGS)

dependencies: set-up-test ## what is locked, with versions, licences and ages
	@.venv/bin/python .ci/dependencies.py $(ARGS)

sbom: set-up-test ## what runs in service as CycloneDX 1.6, in var/lessonlink.cdx.json
	@umask 077 && .venv/bin/python .ci/sbom.py var/lessonlink.cdx.json

wheel: set-up-test ## an installable package in var/: pip install var/lessonlink-*.whl, then lessonlink demo
	@umask 077 && .venv/bin/python -m pip --disable-pip-version-check wheel --quiet --no-deps --no-build-isolation --wheel-dir var .
	@ls var/lessonlink-*.whl

lock: ## renew the lock files from pyproject.toml and package.json; ARGS=--upgrade takes newer versions
	$(SET_UP) lock $(ARGS)

set-up: ## what running needs
	$(SET_UP) runtime

set-up-test: ## what running, tests and benchmarks need
	$(SET_UP) test
