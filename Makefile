# The menu. Each line is a plain command that also works without make; docs/CONTRIBUTING.md says when to use which.
# Another environment than .venv: make check PYTHON=path/to/python

PYTHON ?= .venv/bin/python
NPM = $(PYTHON) frontend/toolchain.py npm

.PHONY: help setup format check test check-install audit bench screenshots

help:
	@echo "make setup          .venv with everything for development"
	@echo "make format         put code into its form"
	@echo "make check          linters, formats and types, Python and frontend"
	@echo "make test           all tests, those of the frontend and in a browser too"
	@echo "make check-install  the README's first command in an empty environment without Node"
	@echo "make audit          known weaknesses of dependencies, before a release (asks PyPI's and npm's services)"
	@echo "make bench          speed beside the peers, into benchmarks/RESULTS.md (an hour; peers are installed first)"
	@echo "make screenshots    pictures of every page, into docs/screenshots"

setup:
	python3 -m venv .venv
	.venv/bin/pip install -e '.[dev]'

format:
	$(PYTHON) -m ruff check --fix-only .
	$(PYTHON) -m ruff format .
	$(NPM) run --silent format

check:
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy
	$(NPM) run --silent lint
	$(NPM) run --silent check

test:
	$(PYTHON) -m pytest

check-install:
	$(PYTHON) tools/check_install.py

audit:
	$(PYTHON) -m pip install --quiet pip-audit
	$(PYTHON) -m pip_audit
	$(NPM) audit --audit-level=high

bench:
	$(PYTHON) -m benchmarks.peers
	$(PYTHON) -m benchmarks

screenshots:
	$(PYTHON) -m tools.screenshots
