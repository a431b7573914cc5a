# A thin front for CMake. `make demo` takes a fresh Debian 12 machine to a verified design; `make help` lists the rest.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help

JOBS ?= $(shell nproc)
PREFIX ?= /usr/local
BUILD := build
SANITIZE := build-sanitize

PACKAGES := cmake ninja-build g++ verilator iverilog yosys tcl libeigen3-dev libcli11-dev catch2 nlohmann-json3-dev \
	zlib1g-dev libhdf5-dev libzip-dev pkg-config clang-format clang-tidy
# Folders of tests that need no Verilator run again under the address and undefined-behaviour sanitizers.
SANITIZED := base fx data cmvm ir model opt hw lower nn import

CONFIGURE := cmake -G Ninja -DCMAKE_INSTALL_PREFIX=$(PREFIX) \
	$(if $(shell command -v ccache),-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
CPP_FILES = $(shell find src sim tests -name '*.cpp' -o -name '*.hpp' | LC_ALL=C sort)

.PHONY: help setup build demo test test-sanitized lint format install clean

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "make %-15s %s\n", $$1, $$2 }' Makefile

setup: ## install the Debian packages that are missing
	@command -v dpkg-query > /dev/null || { echo "not a Debian system: install the equivalents of: $(PACKAGES)"; exit 0; }; \
	missing=(); \
	for package in $(PACKAGES); do \
		status=$$(dpkg-query -W -f '$${db:Status-Status}' "$$package" 2> /dev/null || true); \
		[ "$$status" = installed ] || missing+=("$$package"); \
	done; \
	[ $${#missing[@]} -gt 0 ] || exit 0; \
	root=(); \
	if [ "$$(id -u)" != 0 ]; then \
		command -v sudo > /dev/null || { echo "as root, run: apt-get install $${missing[*]}" >&2; exit 1; }; \
		root=(sudo); \
	fi; \
	echo "installing $${missing[*]}"; \
	"$${root[@]}" apt-get update; \
	"$${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$${missing[@]}"

build: setup ## the program, build/bitgrain
	@$(CONFIGURE) -B $(BUILD) > /dev/null
	@cmake --build $(BUILD) -j $(JOBS) --target bitgrain

demo: build ## digits: train, freeze, build, verify, report
	$(BUILD)/bitgrain run examples/digits/experiment.json -o $(BUILD)/demo

# The sanitized tests come first so that the last lines printed are those of the complete run.
test: setup test-sanitized ## all tests, and those without Verilator under sanitizers
	@$(CONFIGURE) -B $(BUILD) > /dev/null
	@cmake --build $(BUILD) -j $(JOBS)
	@ctest --test-dir $(BUILD) --output-on-failure -j $(JOBS)

test-sanitized: setup ## the tests that need no Verilator, under sanitizers
	@$(CONFIGURE) -B $(SANITIZE) -DBITGRAIN_SANITIZE=ON > /dev/null
	@cmake --build $(SANITIZE) -j $(JOBS) --target $(SANITIZED:%=test_%)
	@for folder in $(SANITIZED); do echo "sanitized: test_$$folder"; $(SANITIZE)/test_$$folder; done

lint: setup ## formatting, clang-tidy, Verilog lint, include table
	clang-format --dry-run -Werror $(CPP_FILES)
	tests/hygiene/check_tree.sh .
	for cell in rtl_lib/*.v; do verilator --lint-only -Wall -Irtl_lib "$$cell"; done
	@$(CONFIGURE) -B $(BUILD) > /dev/null
	@mkdir -p $(BUILD)/lint && sed 's/-fvect-cost-model=dynamic//g' $(BUILD)/compile_commands.json > $(BUILD)/lint/compile_commands.json # GCC's alone
	find src -name '*.cpp' | LC_ALL=C sort | xargs -P $(JOBS) -n 1 clang-tidy --quiet -p $(BUILD)/lint

format: setup ## format all C++ files
	clang-format -i $(CPP_FILES)

install: build ## into PREFIX (/usr/local)
	cmake --install $(BUILD) --prefix $(PREFIX)

clean: ## remove what was built
	rm -rf $(BUILD) $(SANITIZE)
