# `make demo` and `make test` are all that a bare clone needs; both set the machine up first.
PYTHON_BIN := .venv/bin/python
COURSE := .venv/bin/course
JOBS ?= 2

.PHONY: help setup demo test test-fast test-full hostile book bench lint

help:
	@echo "make demo       set up, build the site, grade six sample submissions in the sandbox"
	@echo "make test       set up, then the tests that CI runs (fast and smoke)"
	@echo "make test-fast  only the tests that start no kernel"
	@echo "make test-full  all tests: whole cohorts, all mutants, the cpu profile"
	@echo "make hostile    grade a class of hostile and broken submissions, and print what became of them by family"
	@echo "make book       the site, in _build/html"
	@echo "make bench      every benchmark"
	@echo "make lint       ruff"
	@echo "make setup      system packages and .venv only"

setup:
	@scripts/setup

demo: setup
	$(COURSE) demo --jobs $(JOBS)

test:
	@scripts/setup tests
	$(PYTHON_BIN) -m ruff check .
	$(PYTHON_BIN) -m ruff format --check .
	$(PYTHON_BIN) -m pytest -m "not full" -n 2 --durations=15

test-fast: setup
	$(PYTHON_BIN) -m pytest -m "not full and not smoke"

test-full:
	@scripts/setup tests
	$(PYTHON_BIN) -m pytest

hostile: setup
	$(PYTHON_BIN) tests/hostile

book: setup
	$(COURSE) book --strict

bench: setup
	$(PYTHON_BIN) -m benchmarks

lint: setup
	$(PYTHON_BIN) -m ruff check . && $(PYTHON_BIN) -m ruff format --check .
