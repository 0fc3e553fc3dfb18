# Everything a developer does, from a machine with Python 3.11 or newer and make.

PYTHON ?= python3
RUN := .venv/bin/python
STAMP := .venv/.installed
# How the tests are dealt out (tests/parallel.py); `make test WORKERS=` runs them one after the other.
WORKERS ?= -n auto --maxprocesses 8 --dist loadgroup --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: environment help demo test lint types bench lighthouse smoke screenshots fuzz ci format clean

help:
	@echo "make demo   Lifecycle on this machine, with a demo organisation; Ctrl-C stops it (PORT=8000)"
	@echo "make test   all tests, those in a browser included (needs Chromium)"
	@echo "make lint   style, layers, templates, missing migrations"
	@echo "make types  mypy, strict"
	@echo "make bench  the benchmarks"
	@echo "make lighthouse Lighthouse on four pages (needs npx and Chromium)"
	@echo "make smoke  production's own processes against an installed PostgreSQL and Redis"
	@echo "make screenshots takes the pictures of README and docs/tour.md again (needs Chromium)"
	@echo "make ci     lint, types, test, smoke"
	@echo "make format writes what make lint asks for"

# Runs a command when nobody else in this folder does: two fresh `make`s would write one environment.
ALONE = $(PYTHON) -c 'import fcntl, os, sys; lock = os.open("Makefile", os.O_RDONLY); \
	fcntl.flock(lock, fcntl.LOCK_EX); os.set_inheritable(lock, True); os.execvp(sys.argv[1], sys.argv[1:])'

# The name of the folder may hold a space: only relative paths, and `python -m` instead of scripts.
$(STAMP): requirements-dev.lock requirements-uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Lifecycle needs Python 3.11 or newer; $(PYTHON) is older. Say which: make PYTHON=python3.12 ..."; exit 1; }
	@$(ALONE) $(MAKE) --no-print-directory environment

# What has no stamp was never finished, and is made anew: packages may be there by halves, which no installer notices.
environment:
	@trap 'exit 130' INT TERM; \
	if test $(STAMP) -nt requirements-dev.lock && test $(STAMP) -nt requirements-uv.lock; then exit 0; fi; \
	if test -e $(STAMP) && $(RUN) -m pip --version >/dev/null 2>&1; then rm $(STAMP); else rm -f $(STAMP); \
		$(PYTHON) -m venv --clear .venv \
			|| { echo "This Python cannot make a virtual environment. On Debian: apt-get install python3-venv"; exit 1; }; fi; \
	echo "Installing what requirements-dev.lock names (once) ..."; \
	{ $(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock \
		&& $(RUN) -m uv pip install --quiet --python $(RUN) --compile-bytecode --require-hashes -r requirements-dev.lock; } \
	|| $(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock \
	|| exit 1; \
	touch $(STAMP)

demo: $(STAMP)
	@exec $(RUN) manage.py demo

test: $(STAMP)
	@command -v "$${CHROMIUM:-chromium}" >/dev/null || { \
		echo "The browser tests need Chromium: apt-get install chromium, or CHROMIUM=/path/to/it make test"; exit 1; }
	$(RUN) -m pytest $(WORKERS)

lint: $(STAMP)
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	.venv/bin/djade --check --target-version 5.2 $$(git ls-files 'templates/*.html')
	$(RUN) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'
	$(RUN) manage.py check --fail-level WARNING
	$(RUN) -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run

format: $(STAMP)
	$(RUN) -m ruff check --fix .
	$(RUN) -m ruff format .
	.venv/bin/djade --target-version 5.2 $$(git ls-files 'templates/*.html')

types: $(STAMP)
	$(RUN) -m mypy .

# BENCH="--rows 1000000 spans" measures less than everything.
bench: $(STAMP)
	@$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes -r benchmarks/requirements.lock
	$(RUN) -m benchmarks $(BENCH)

# Needs npx and Chromium; RUNS=1 looks at each page once.
lighthouse: $(STAMP)
	$(RUN) -m benchmarks.lighthouse

# FUZZ="--seconds 600 git" is longer, and of one parser.
fuzz: $(STAMP)
	@$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/fuzz.lock
	$(RUN) -m tests.fuzz $(FUZZ)

smoke: $(STAMP)
	$(RUN) -m tests.production.smoke

# SHOTS="gate pathway" takes some of them: tests/screenshots/pictures.py.
screenshots: $(STAMP)
	$(RUN) -m tests.screenshots $(SHOTS)

ci: lint types test smoke

clean:
	@test ! -x $(RUN) || $(RUN) manage.py servers stop
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
