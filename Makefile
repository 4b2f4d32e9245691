# make chat   the web chat at http://127.0.0.1:7860
# make test   everything that is checked, for people and for CI
# make install   the environment in .venv, if it is missing or stale

PYTHON ?= python3.11
BIN := .venv/bin

.PHONY: chat test install browser lock
chat: install
	$(BIN)/dialogue chat

test: install browser
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest

install: .venv/installed

.venv/installed: pyproject.toml requirements.lock
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 is needed, and there is no $(PYTHON). Install it, or say where it is:  make $(MAKECMDGOALS) PYTHON=/path/to/python3.11" >&2; exit 2; }
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --constraint requirements.lock torch
	$(BIN)/python -m pip install --quiet --constraint requirements.lock --editable '.[dev]'
	touch $@

browser:
	scripts/browser

lock: install
	$(BIN)/python -m pip list --format=freeze --exclude-editable | sed 's/+cpu//' > requirements.lock
