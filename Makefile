SWIFT ?= swift
PYTHON := .build/venv/bin/python
FORMATTED := Sources Tests Benchmarks Package.swift
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help run test lint format bench fuzz setup setup-test setup-bench clean

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

run: setup ## build everything and start a control system with one command
	$(SWIFT) build -c release --product tango
	$(SWIFT) build -c release --product TangoTest
	.build/release/tango up $(ARGS)

test: setup setup-test ## all tests, with the C++ and Python peers (ARGS='--filter X' for some)
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build $(ARGS)

lint: ## check the style
	$(SWIFT) format lint --strict --parallel -r $(FORMATTED)

format: ## rewrite the sources in the style
	$(SWIFT) format --in-place --parallel -r $(FORMATTED)

bench: setup setup-bench ## compare with the C++ server (ARGS='--rounds 5 --seconds 1')
	$(SWIFT) build -c release --product TangoTest
	$(PYTHON) Benchmarks/run.py $(ARGS)

fuzz: setup ## the Fuzz tests for longer (FUZZ_ROUNDS=1000000)
	FUZZ_ROUNDS=$${FUZZ_ROUNDS:-1000000} $(SWIFT) test --filter Fuzz $(ARGS)

setup: ## what the build needs
	@Scripts/setup.sh build

setup-test: ## what the tests need besides
	@Scripts/setup.sh test

setup-bench: ## what the benchmarks need besides
	@Scripts/setup.sh bench

clean: ## remove everything that was built
	rm -rf .build
