SWIFT ?= swift
PYTHON := .build/venv/bin/python
FORMATTED := Sources Tests Examples Benchmarks Package.swift
ARGS ?=
SCALE_ARGS ?=
REST_ARGS ?=
YARDSTICK ?=
# A package of its own, so that `swift build` never builds it.
BENCH_BUILD := $(SWIFT) build -c release --package-path Benchmarks --scratch-path .build/benchmarks

.DEFAULT_GOAL := help
.PHONY: help run test first-package lint docs format tsan bench bench-build baselines baselines-check fuzz soak setup setup-test setup-bench clean

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

run: setup ## build everything and start a control system with one command
	$(SWIFT) build -c release --product tango
	$(SWIFT) build -c release --product TangoTest
	.build/release/tango up $(ARGS)

# Tests that measure time over loopback run one after the other; those of bytes, values and texts in parallel; those with programs of the
# peers in parallel, two control systems at a time.
TIMED := TangoIIOPTests|TangoClientTests|TangoServerTests|TangoTestingTests|TangoMirrorTests|TangoGatewayTests|ExampleTests|GuideTests

test: setup setup-test ## all tests, with the C++ and Python peers (ARGS='--filter X' for some)
	$(SWIFT) build --build-tests
ifeq ($(strip $(ARGS)),)
	$(SWIFT) test --skip-build --parallel --skip '^($(TIMED)|InteropTests)\.'
	$(SWIFT) test --skip-build --no-parallel --filter '^($(TIMED))\.'
	$(SWIFT) test --skip-build --parallel --filter '^InteropTests\.'
else
	$(SWIFT) test --skip-build --no-parallel $(ARGS)
endif

tsan: setup ## the kernel's tests under the thread sanitizer (ARGS='--filter X' for others)
	Scripts/tsan/run.sh $(or $(ARGS),--filter TangoServerTests)

lint: ## check the style, the documentation of public declarations, and the wording
	$(SWIFT) format lint --strict --parallel -r $(FORMATTED)
	@Scripts/lint/documentation.py
	@Scripts/lint/wording.py

docs: setup ## build the documentation of all products into .build/docs
	Scripts/docs.sh

format: ## rewrite the sources in the style
	$(SWIFT) format --in-place --parallel -r $(FORMATTED)

bench: setup setup-bench bench-build ## compare with the C++ servers and a Python gateway: load, scale, REST (ARGS='--rounds 5', SCALE_ARGS=--quick, REST_ARGS=--quick)
	$(PYTHON) Benchmarks/run.py $(ARGS)
	$(PYTHON) Benchmarks/scale.py $(SCALE_ARGS)
	$(PYTHON) Benchmarks/rest.py $(REST_ARGS)

# PyTango's bare subscriber stops a run when a server has no events: they are left out.
PARTS ?= requests,load,connect,startup,dynamic,connections,polling
baselines: baselines-check setup setup-bench bench-build ## measure with a yardstick that measures all servers (YARDSTICK=folder ARGS=--quick)
	Benchmarks/baselines.sh "$(YARDSTICK)" --parts $(PARTS) $(ARGS)

baselines-check:
	@Benchmarks/baselines.sh "$(YARDSTICK)" --check

bench-build:
	$(BENCH_BUILD) --product TangoTest
	$(BENCH_BUILD) --product swift_bench_target
	$(BENCH_BUILD) --product swift_bench_client
	$(BENCH_BUILD) --product tango

fuzz: setup ## the decoders, and what reads stored texts, under libFuzzer (RUNS=1000000)
	Fuzz/make-corpus.py Tests/TangoWireTests/Golden .build/fuzz/corpus
	TANGO_FUZZ=1 $(SWIFT) build --scratch-path .build/fuzz --product WireFuzz
	.build/fuzz/debug/WireFuzz .build/fuzz/corpus -runs=$${RUNS:-1000000}
	TANGO_FUZZ=1 $(SWIFT) build --scratch-path .build/fuzz --product TextFuzz
	mkdir -p .build/fuzz/texts
	.build/fuzz/debug/TextFuzz .build/fuzz/texts Fuzz/TextFuzz/Corpus -runs=$${RUNS:-1000000}

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
