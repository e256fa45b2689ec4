.DEFAULT_GOAL := help
.PHONY: help setup run demo test test-chaos bench bench-matching lint fmt types arch schemas contracts clean
MAKEFLAGS += --no-print-directory
PYTHON ?= python3
export PYTHON
K := .venv/bin/kindred

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-15s %s\n", $$1, $$2}' Makefile

setup: ## Python environment, packages and Kafka, once; the other targets call it
	@scripts/setup

run: setup ## The whole system on this machine: databases, Kafka, six services; Ctrl-C stops it
	@$(K) up $(ARGS)

demo: setup ## The loop, step by step, in the terminal
	@$(K) demo $(ARGS)

test: setup ## All tests but chaos and bench, on a real Postgres and Kafka (ARGS="-k outbox")
	@scripts/test $(ARGS)

test-chaos: setup ## Kills, stops and bad records on the real servers
	@scripts/test-chaos $(ARGS)

bench: setup ## Measures speed; writes docs/benchmarks.md
	@scripts/bench $(ARGS)

bench-matching: setup ## Measures the matching engine; writes its section of docs/benchmarks.md
	@scripts/bench-matching $(ARGS)

lint: setup ## Style and format
	@scripts/lint

fmt: setup ## Repairs style and format
	@scripts/lint --fix

types: setup ## Types, strictly
	@scripts/types $(ARGS)

arch: setup ## Which package may import which
	@.venv/bin/lint-imports

schemas: setup ## Exports the record schemas and the AsyncAPI document
	@$(K) contracts export
	@.venv/bin/python scripts/check-contracts

contracts: setup ## Refuses record contracts that break those who rely on them (ARGS="--since v1.0")
	@.venv/bin/python scripts/check-contracts $(ARGS)

clean: ## Removes the data of make run and what tools left
	@scripts/clean
