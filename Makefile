SWIFT ?= swift
PYTHON := .build/venv/bin/python
FORMATTED := Sources Tests Examples Benchmarks Package.swift
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help run test lint format bench fuzz soak setup setup-test setup-bench clean

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

run: setup ## build everything and start a control system with one command
	$(SWIFT) build -c release --product tango
	$(SWIFT) build -c release --product TangoTest
	.build/release/tango up $(ARGS)

test: setup setup-test ## all tests, with the C++ and Python peers (ARGS='--filter X' for some)
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build --no-parallel $(ARGS)

lint: ## check the style
	$(SWIFT) format lint --strict --parallel -r $(FORMATTED)

format: ## rewrite the sources in the style
	$(SWIFT) format --in-place --parallel -r $(FORMATTED)

bench: setup setup-bench ## compare with the C++ server (ARGS='--rounds 5 --seconds 1')
	$(SWIFT) build -c release --product TangoTest
	$(PYTHON) Benchmarks/run.py $(ARGS)

fuzz: setup ## the decoders under libFuzzer (RUNS=1000000)
	Fuzz/make-corpus.py Tests/TangoWireTests/Golden .build/fuzz/corpus
	TANGO_FUZZ=1 $(SWIFT) build --scratch-path .build/fuzz --product WireFuzz
	.build/fuzz/debug/WireFuzz .build/fuzz/corpus -runs=$${RUNS:-1000000}

soak: setup ## random, cut and mutated messages at every port of a running system (SECONDS_EACH=600)
	$(SWIFT) build -c release --product tango
	Scripts/soak.sh $${SECONDS_EACH:-600}

setup: ## what the build needs
	@Scripts/setup.sh build

setup-test: ## what the tests need besides
	@Scripts/setup.sh test

setup-bench: ## what the benchmarks need besides
	@Scripts/setup.sh bench

clean: ## remove everything that was built
	rm -rf .build
