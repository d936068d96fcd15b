# Thin: tools/setup.py does the work and says what it does.
PYTHON ?= python3
ARGS ?=
BENCH ?= guide_quality window engine
SETUP = $(PYTHON) tools/setup.py

.PHONY: help run test screens bench package test-package lock clean

help:
	@echo "make run                   set up .venv and start ChatBELLE (without a display: the terminal chat)"
	@echo "make run ARGS='chat ...'   the command line, see: make run ARGS=--help"
	@echo "make test                  set up, then lint, types, import rules and every test"
	@echo "make test ARGS='-k word'   the same with arguments for pytest"
	@echo "make screens               rebuild docs/screens/*.png from the real window"
	@echo "make bench                 the measurements (BENCH='window engine' chooses)"
	@echo "make package               build what people install into dist/ (ARGS=--check verifies, ARGS=--list names the steps)"
	@echo "make test-package          start what was built: bare systems, old processors, Chinese typing"
	@echo "make lock                  rewrite requirements*.lock from pyproject.toml"
	@echo "make clean                 remove .venv and caches; your chats and models stay"

run:
	@$(SETUP) run -- $(ARGS)

test:
	@$(SETUP) test -- $(ARGS)

screens:
	@$(SETUP) script tools/screens.py -- $(ARGS)
	@$(SETUP) script tools/gallery.py -- docs/screens

bench:
	@for name in $(BENCH); do $(SETUP) script bench/$$name.py -- $(ARGS) || exit 1; done

package:
	@$(PYTHON) packaging/build.py $(ARGS)

test-package:
	@$(SETUP) test-package -- $(ARGS)

lock:
	@$(SETUP) lock

clean:
	@$(SETUP) clean
