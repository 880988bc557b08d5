# Two commands: `make run` and `make test`. Both set up .venv from nothing; pip keeps the compiled wheel for next time.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test clean help

help:            ## what there is
	@grep -E '^[a-z]+: .*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

run: $(VENV)/.ready-run  ## the chat, with the starter model
	@$(BIN)/warmchat

test: $(VENV)/.ready-dev  ## everything that CI checks
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -q --durations=10

# -c: the exact versions this was tested with. The first run compiles llama.cpp: about five minutes.
$(VENV)/.ready-run: pyproject.toml requirements.lock
	$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info < (3, 14) else "warmchat needs Python 3.11 to 3.13; name one with PYTHON=...")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -c requirements.lock -e '.[starter]'
	touch $@

$(VENV)/.ready-dev: $(VENV)/.ready-run
	$(BIN)/python -m pip install -c requirements.lock -e '.[starter,dev]'
	touch $@

clean:           ## remove the virtual environment and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
