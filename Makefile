# The menu. Each line is a plain command that also works without make; docs/CONTRIBUTING.md says when to use which.
# Another environment than .venv: make check PYTHON=path/to/python

PYTHON ?= .venv/bin/python
NPM = $(PYTHON) frontend/toolchain.py npm

.PHONY: help setup format check quick test check-as-user check-floors check-live check-install check-deploy check-frameworks check-visdom audit bench screenshots

help:
	@echo "make setup          .venv with everything for development"
	@echo "make format         put code into its form"
	@echo "make check          linters, formats and types, Python and frontend"
	@echo "make quick          the tests for every save: no browser, no started programs, nothing slow, in under 40 s"
	@echo "make test           all tests, those of the frontend and in a browser too"
	@echo "make check-as-user  the tests without the page as an ordinary user, where one works as root"
	@echo "make check-floors   the tests for every save with the lowest versions that pyproject.toml allows"
	@echo "make check-live     what the original packages write, in Chromium within 2 s (installs them first, some GB)"
	@echo "make check-install  the README's first command in an empty environment without Node"
	@echo "make check-deploy   what docs/deploy.md says, with nginx and Caddy if they are there"
	@echo "make check-frameworks  scripts for other tools beside the real packages, a training of each framework (10 GB first)"
	@echo "make check-visdom   the original client of Visdom at lavdlike visdom and at Visdom's own server (installed first)"
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
	$(PYTHON) -c "from importlinter.cli import lint_imports_command as lint; lint()" --no-cache
	$(NPM) run --silent lint
	$(NPM) run --silent check

quick:
	$(PYTHON) -m pytest --quick

test:
	$(PYTHON) -m pytest

check-as-user:
	$(PYTHON) -m tools.check_as_user

check-floors:
	$(PYTHON) -m tools.check_floors

check-live:
	$(PYTHON) -m tools.check_live

check-install:
	$(PYTHON) tools/check_install.py

check-deploy:
	$(PYTHON) -m tools.check_deploy

check-frameworks:
	$(PYTHON) -m tools.check_frameworks

check-visdom:
	$(PYTHON) -m tools.check_visdom

audit:
	$(PYTHON) -m pip install --quiet pip-audit
	$(PYTHON) -m pip_audit
	$(NPM) audit --audit-level=high

bench:
	$(PYTHON) -m benchmarks.peers
	$(PYTHON) -m benchmarks

screenshots:
	$(PYTHON) -m tools.screenshots
