# Deux commandes suffisent : make demo, make test. Chacune installe ce qui manque.
VENV ?= .venv
FSE := $(VENV)/bin/fse

.PHONY: help setup demo test bench bench-fsync clean
help:
	@echo "make demo    installer ce qui manque, mener la campagne de démonstration, écrire le rapport"
	@echo "make test    installer ce qui manque, puis tox : règles, types, imports, tests"
	@echo "make bench   mesurer le simulateur contre un écho FastAPI nu, en rapports"
	@echo "make bench-fsync   mesurer ce qu'un disque plus lent (5 ms par synchronisation) laisse du débit"
	@echo "make clean   retirer l'environnement et les fichiers produits (les campagnes restent)"

$(VENV)/.ready: requirements.lock pyproject.toml scripts/setup.sh
	@VENV=$(VENV) ./scripts/setup.sh

setup: $(VENV)/.ready

demo: setup
	@$(FSE) demo

test: setup
	@$(VENV)/bin/tox run

bench: setup
	@$(VENV)/bin/python -m benchmarks

bench-fsync: setup
	@$(VENV)/bin/python -m benchmarks --fsync

clean:
	rm -rf $(VENV) .tox .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
