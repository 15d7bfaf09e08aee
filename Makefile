# Needs only Python 3.11+ and make. One version of uv is fetched into .tools/, checked by its hash; the PATH's is not
# used. Set UV to use another one: `make check UV=uv`.
PYTHON ?= python3
TOOLS  := .tools
ifeq ($(strip $(UV)),)
override UV := $(TOOLS)/bin/uv
endif
RUN    := $(UV) run --frozen

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install sandbox rehearse test test-fast coverage browser bench bench-quick prove explore prove-the-proof pictures check sbom format clean

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.venv/.installed: pyproject.toml uv.lock | $(filter $(TOOLS)/%,$(UV))
	@# Byte code makes the bot start about three times faster, so it is compiled once, here.
	$(UV) sync --frozen --compile-bytecode --quiet
	@touch $@

$(TOOLS)/bin/uv: tools/uv-requirements.txt
	$(PYTHON) -m venv $(TOOLS)
	$(TOOLS)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r $<
	@touch $@

install: .venv/.installed  ## Set everything up (the other targets do it by themselves)

sandbox: .venv/.installed  ## Start the simulated Slack and OVH, and the bot against them
	$(RUN) python -m sandbox

rehearse: .venv/.installed  ## Walk one request through its whole life and print what each person sees
	$(RUN) python -m sandbox --rehearse

test: .venv/.installed  ## Run every test; fetches a browser first if there is none
	@# Without a browser the other tests still run, and pytest exits with a code other than 0.
	-@$(RUN) python -m tools.bring_browser >/dev/null
	$(RUN) pytest -n 3

test-fast: .venv/.installed  ## Run the rules' tests and the pure ones, in less than a minute: no process, no server
	$(RUN) pytest -n 3 -m "not slow" tests/ordering tests/handlers tests/bot/test_rules.py tests/bot/test_setting*.py

coverage: .venv/.installed  ## Run every test and print which lines and branches of the bot they reach
	-@$(RUN) python -m tools.bring_browser >/dev/null
	$(RUN) coverage erase
	$(RUN) coverage run -m pytest -n 3
	$(RUN) coverage combine --quiet
	$(RUN) coverage report

browser: .venv/.installed  ## Fetch a browser for the tests of the page if there is none (make test does it, too)
	$(RUN) python -m tools.bring_browser

bench: .venv/.installed  ## Measure how fast the bot is next to what it could be and what others are (bench/latest.md)
	$(RUN) python -W ignore -m bench

bench-quick: .venv/.installed  ## A look at each of these figures, in about two minutes
	$(RUN) python -W ignore -m bench --quick

prove: .venv/.installed  ## Search schedules of faults, then kill and mislead the bot for PROVE_SECONDS (300): nothing happens twice
	$(RUN) python -m prove.explorer --share 0.2 --seconds 150
	$(RUN) python -W ignore -m prove

explore: .venv/.installed  ## Search all pairs and 200,000 triples of faults, for an hour or so: nothing happens twice
	$(RUN) python -m prove.explorer --pairs
	$(RUN) python -m prove.explorer --pairs --names 2
	$(RUN) python -m prove.explorer --triples 100000
	$(RUN) python -m prove.explorer --triples 100000 --names 2

prove-the-proof: .venv/.installed  ## Break one guard at a time, and show that the tests catch it
	$(RUN) python -m prove.proof

pictures: .venv/.installed  ## Take the README's pictures again from the sandbox's page
	$(RUN) python -m tools.bring_browser >/dev/null
	$(RUN) python -m sandbox --pictures docs/pictures

check: .venv/.installed  ## Format, lint, types, import rules, sentences, words, dependencies: all without running tests
	$(RUN) ruff format --check
	$(RUN) ruff check
	$(RUN) mypy
	$(RUN) lint-imports
	$(RUN) python -m tools.sentences
	$(RUN) python -m tools.words
	$(RUN) deptry .

sbom: .venv/.installed  ## Write the licence list, and the SBOM in CycloneDX's form to dist/domain-desk.cdx.json
	$(RUN) python -m tools.bill_of_materials
	@mkdir -p dist
	$(RUN) python -m tools.bill_of_materials --sbom dist/domain-desk.cdx.json

format: .venv/.installed  ## Let ruff format and fix what it can
	$(RUN) ruff format
	$(RUN) ruff check --fix

clean:  ## Remove what the targets above made
	rm -rf .venv $(TOOLS) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage .coverage.*
