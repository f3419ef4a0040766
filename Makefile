# One word, one thing to do; `make` alone lists them. Everything here works from a fresh clone.

PYTHON ?= $(or $(shell command -v python3.11),$(shell command -v python3))
VENV   := .venv
PY     := $(VENV)/bin/python
# The program is the stamp: it is newer than what it was installed from, or set-up runs again.
STAMP  := $(VENV)/bin/chongzheng
CLUSTER := $(VENV)/cluster
SRC    := src/chongzheng
# The pure part (DESIGN section 3); tests/test_house.py checks that this list and the rules agree.
PURE   := $(wildcard $(addprefix $(SRC)/,mistakes.py money.py card.py iso8583 fees reversal settlement cases causes \
            gateway/channel.py \
            gateway/translate.py gateway/profile.py gateway/cup_pos.py gateway/cups.py gateway/iso87.py \
            gateway/pacing.py gateway/breaker.py gateway/lanes.py gateway/inquiry.py \
            notices/blanks.py notices/taboo.py notices/wording.py notices/apology.py notices/promises.py \
            reports/documents.py \
            reports/figures.py reports/insight.py))
SOFTHSM := /usr/lib/softhsm/libsofthsm2.so
SUDO   := $(if $(filter-out 0,$(shell id -u)),sudo)

export PIP_DISABLE_PIP_VERSION_CHECK := 1
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help setup run test requirements check docs screens lock soak mutation clean rules types licences coverage

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile

setup: $(STAMP) ## .venv with the program at .venv/bin/chongzheng; at once if nothing changed

$(STAMP): requirements.lock pyproject.toml | $(VENV)/bin/pip
	@echo "setup: installing $$(grep -c == requirements.lock) pinned packages into $(VENV):" \
	  $$(sed -n 's/==.*//p' requirements.lock)
	@$(PY) -m pip install --quiet --requirement requirements.lock
	@test -e $(SOFTHSM) || { \
	  echo "setup: installing the Debian package softhsm2, the key module that tests use"; \
	  $(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq softhsm2; }
	@command -v chromium >/dev/null || { \
	  echo "setup: installing the Debian package chromium, in which the tests of the console walk its pages"; \
	  $(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk; }
	@echo "setup: installing chongzheng itself, editable"
	@$(PY) -m pip install --quiet --no-deps --editable .
	@touch $(STAMP)
	@echo "setup: done, the program is $(STAMP)"

$(VENV)/bin/pip:
	@test -n "$(PYTHON)" && $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "setup: Python 3.11 or newer is needed; install it or say make PYTHON=/path/to/python3.11" >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  package=$$($(PYTHON) -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'); \
	  echo "setup: this Python cannot make virtual environments; installing the Debian package $$package"; \
	  $(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq $$package; }
	@echo "setup: making $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv --clear $(VENV)

run: setup ## set up, then the demo: payments whose reversals fail, taken to proven answers
	@$(VENV)/bin/chongzheng demo

# Spark is 430 MB that only the tests of the extra [cluster] need.
$(CLUSTER): requirements-cluster.lock | $(STAMP)
	@echo "test: installing Spark, for the tests of the extra [cluster]"
	@command -v java >/dev/null || { \
	  echo "test: installing the Debian package default-jre-headless, which Spark needs"; \
	  $(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq default-jre-headless; }
	@$(PY) -m pip install --quiet --requirement requirements-cluster.lock
	@touch $(CLUSTER)

# What waits for ever fails by its name, and does not hold up the rest.
TEST_S_MAX := 600

test: setup $(CLUSTER) ## set up, then the whole test suite
	@$(PY) -m pytest -q -m cluster
	@$(PY) tests/house/requirement_proof.py --quiet
	@$(PY) -m pytest -q -n 3 --timeout $(TEST_S_MAX)

requirements: setup ## every row of the requirements: its named test, and the bugs planted for it
	@$(VENV)/bin/chongzheng requirements --run

check: setup ## lint, types of the pure part, house rules, coverage file by file, licences
	@$(MAKE) --no-print-directory --jobs 2 --output-sync=line rules types licences coverage

rules:
	@echo "check: ruff" && $(VENV)/bin/ruff check .
	@echo "check: house rules" && $(PY) -m pytest -q tests/test_house.py
types:
	@echo "check: mypy --strict on the pure part" && $(VENV)/bin/mypy $(PURE)
licences:
	@echo "check: licences" && $(PY) tests/house/licences.py
coverage:
	@echo "check: each pure file covered by its own test file" && $(PY) tests/house/coverage_by_mirror.py

docs: setup ## write docs/diagrams and docs/security.md anew from the tables
	@$(PY) -m chongzheng.reversal.diagram docs/diagrams
	@$(PY) tests/house/security_table.py

screens: setup ## docs/screens anew: every page in both languages, wide and on a phone
	@$(PY) tests/console/screens.py

lock: ## write requirements.lock anew: the newest versions that pyproject.toml allows
	@rm -rf build/lock && $(PYTHON) -m venv build/lock
	@build/lock/bin/python -m pip install --quiet --editable '.[test]'
	@{ echo "# Written by make lock; every package of the program and its tests, pinned."; \
	   build/lock/bin/python -m pip freeze --exclude-editable; } > build/requirements.lock
	@mv build/requirements.lock requirements.lock && rm -rf build/lock
	@echo "lock: $$(grep -c == requirements.lock) packages pinned in requirements.lock"

# Each campaign adds its line to the ledger; the first that finds something ends the soak, and its line stays.
SEEDS  ?= 1..500
LEDGER := docs/soak.md
SIMULATE := $(VENV)/bin/chongzheng simulate --ledger $(LEDGER)

soak: setup ## the long variants and campaigns, hours of them; results in docs/soak.md (SEEDS=A..B chooses worlds)
	@$(PY) -m pytest -q -n 2 -m soak --hypothesis-profile=soak
	$(SIMULATE) --seeds $(SEEDS) --payments 1000
	$(SIMULATE) --crash-everywhere
	$(SIMULATE) --mutants
	$(SIMULATE) --model
	$(SIMULATE) --fuzz 10000000
	$(SIMULATE) --files 1000000
	$(SIMULATE) --tamper 10000
	$(SIMULATE) --interleavings 100000
	$(SIMULATE) --kills 500
	$(SIMULATE) --kills 500 --db postgresql
	$(SIMULATE) --power-cuts 200
	$(SIMULATE) --unknown 1000
	$(SIMULATE) --unknown 1000 --db postgresql

mutation: setup ## change the tables and the ledger's rules line by line: is each change noticed? (EVERY=N tries a part)
	@$(PY) -m pip install --quiet --target build/mutation cosmic-ray==8.7.0
	@PYTHONPATH=build/mutation $(PY) tests/house/line_mutation.py --every $(or $(EVERY),1)

clean: ## remove what runs and tools leave behind (.venv stays)
	@rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage .coverage.* demo-*
	@find src tests -name __pycache__ -type d -prune -exec rm -rf {} +
