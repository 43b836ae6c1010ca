# The two main commands are make study and make test; everything else is a part of them.
.DEFAULT_GOAL := study
.PHONY: study test lab notebooks figures page writeup accept browser lint lock clean

# The first Python found that is new enough; `make PYTHON=…` chooses another.
PYTHON ?= $(firstword $(foreach name,python3 python python3.14 python3.13 python3.12 python3.11,\
	$(shell $(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $(name))))
ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
else
BIN := .venv/bin
endif
READY := .venv/ready
READY_TO_TEST := .venv/ready-to-test
# Sets must be printed in the same order wherever outputs are stored or compared.
export PYTHONHASHSEED := 0
export PYTHONUTF8 := 1

study: $(READY)  ## run every notebook, export every figure, write everything as one page, and say where it is
	$(BIN)/python -m analysis study

test: $(READY_TO_TEST)  ## run all tests, doctests, lint and type checks, and compare every notebook with its stored outputs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -c 'from analysis.annotation.tokens import load_page_tokens, load_tokens; load_tokens(); load_page_tokens()'
	$(BIN)/pytest -n 2 --dist loadscope --nbval --nbval-current-env analysis tests notebooks

lab: $(READY)  ## open the notebooks
	$(BIN)/jupyter lab --config=analysis/study/jupyter_server_config.json \
		--LabApp.default_url=/lab/tree/notebooks/00-in-short.ipynb $(LAB)

notebooks page: $(READY)  ## only the notebooks; only the page
	$(BIN)/python -m analysis study --only $@

figures: $(READY)  ## only the figures; PROFILE=single fits them to one column, PROFILE=slide to a slide
	$(BIN)/python -m analysis study --only figures $(if $(PROFILE),--profile $(PROFILE))

writeup: $(READY)  ## a folder for a paper; FIGURES="3 themes-together" TABLES=keyness OUT=paper PROFILE=single
	$(BIN)/python -m analysis writeup $(FIGURES) $(TABLES:%=--tables %) --out $(or $(OUT),paper) --gold tests/gold \
		$(if $(PROFILE),--profile $(PROFILE))

accept: $(READY)  ## show how outputs, figures and findings differ from the stored ones, ask, and replace all or none
	@$(BIN)/python -m analysis.study.accept $(if $(filter yes,$(ACCEPT)),--yes)

browser: $(READY_TO_TEST)  ## install a browser for the tests of the page, if the machine has none
	$(BIN)/playwright install --with-deps chromium

lint: $(READY_TO_TEST)  ## format and lint the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

COMPILE := uv pip compile --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
	--custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)
lock:  ## compile both lock files again, for all platforms (requires uv); UPGRADE=yes moves to newer versions
	$(COMPILE) requirements.in --output-file requirements.txt
	$(COMPILE) requirements-test.in --output-file requirements-test.txt

clean:  ## remove the environment and everything that can be regenerated
	rm -rf .venv build figures-* seeds/.annotations tests/gold/elsewhere/*/.annotations

INSTALL := $(BIN)/python -m pip install --disable-pip-version-check

$(READY): requirements.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or newer was found; install one, or name it: make PYTHON=/path/to/python3"; exit 1; }
	@echo "Setting up .venv with $$($(PYTHON) --version) (about a minute)"
	$(PYTHON) -m venv --clear .venv
	$(INSTALL) --require-hashes --requirement requirements.txt
	$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $(READY)

$(READY_TO_TEST): $(READY) requirements-test.txt
	$(INSTALL) --require-hashes --requirement requirements-test.txt
	@touch $(READY_TO_TEST)
