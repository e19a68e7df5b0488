# The report's tasks, one command each. `make help` lists them.
#
#   make task4e                      train, show, draw
#   make task4e BACKEND=ndarray      on another backend: flex (default), ndarray, wgpu, cuda
#   make task4e ARGS="--no-tui"      options of `experiments run`

BACKEND ?= flex
ARGS ?=
CARGO ?= cargo

# Only the chosen backend is built: each costs minutes.
FEATURES := --no-default-features --features $(BACKEND)
BUILD := $(CARGO) build --locked --release --package experiments $(FEATURES)
# Built first and then run, not through `cargo run`: signals reach only the program.
EXPERIMENTS := target/release/experiments --backend $(BACKEND)

TASKS := task2c task3a task3b task3c task3 task4a task4b task4ab task4d task4e task4f task4
EXTRAS := $(notdir $(basename $(wildcard experiments/extras/*.toml)))
SWEEPS := $(notdir $(basename $(wildcard experiments/sweeps/*.toml)))

.DEFAULT_GOAL := help
.PHONY: help build $(TASKS) $(EXTRAS) $(SWEEPS) all extras claims report demo typesetter report-pdf list data gradcheck install dist test test-pdf test-interop test-backends torture torture-long simulate check fmt clippy doc backends deny advisories bench bench-scaling bench-records bench-peers bench-search results clean-runs

help: ## This list
	@echo "Tasks of the report: $(TASKS)"
	@echo "Further experiments: $(EXTRAS)"
	@echo "Searches for better settings: $(SWEEPS)"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## Build the program, release mode
	@$(BUILD)

$(TASKS) $(EXTRAS): build
	@$(EXPERIMENTS) run $@ $(ARGS)

$(SWEEPS): build
	@$(EXPERIMENTS) sweep $@ $(ARGS)

all: build ## Every task of the report
	@$(EXPERIMENTS) run --all $(ARGS)

extras: build ## Every task and every further experiment
	@$(EXPERIMENTS) run --all --extras $(ARGS)

claims: build ## Judge the report's statements by the runs that exist
	@$(EXPERIMENTS) claims $(ARGS)

report: build ## Train until every statement is decided, and write report/index.html
	@$(EXPERIMENTS) report $(ARGS)

# The typesetter is a separate workspace, so that Burn is not compiled a second time with the features that it needs.
PDF := --locked --release --manifest-path crates/pdf/Cargo.toml --target-dir target

demo: build ## Write demo/index.html, a page to draw digits on
	@$(EXPERIMENTS) demo $(ARGS)

typesetter: ## Build report-pdf, which writes the PDF; minutes the first time
	@$(CARGO) build $(PDF)

report-pdf: build typesetter ## The same, and report/report.pdf
	@$(EXPERIMENTS) report --pdf $(ARGS)

list: build ## The declared experiments and their runs
	@$(EXPERIMENTS) list $(ARGS)

data: build ## Find or fetch MNIST, verify it, print mean and deviation (task 2a)
	@$(EXPERIMENTS) data $(ARGS)

gradcheck: build ## Compare gradients with central differences (tasks 2b and 4c)
	@$(EXPERIMENTS) gradcheck $(ARGS)

install: ## Install the program for this user, with the report's experiments inside it
	$(CARGO) install --locked --path crates/experiments $(FEATURES)

# Linked with musl, so that the program needs no library of the system and runs on every Linux with the same kind of processor.
DIST_TARGET ?= $(shell uname -m)-unknown-linux-musl
DIST := experiments-$(shell sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml)-$(DIST_TARGET)

dist: ## Build a static program for Linux with its licences, manual pages and a checksum: target/dist (needs musl-tools)
	rustup target add $(DIST_TARGET)
	CC_$(subst -,_,$(DIST_TARGET))=musl-gcc $(BUILD) --target $(DIST_TARGET)
	rm -rf target/dist && mkdir -p target/dist/$(DIST)
	cp target/$(DIST_TARGET)/release/experiments LICENSE-APACHE LICENSE-MIT CHANGELOG.md docs/install.md target/dist/$(DIST)
	python3 crates/experiments/licences.py $(DIST_TARGET) $(BACKEND) > target/dist/$(DIST)/LICENCES.txt
	target/dist/$(DIST)/experiments man target/dist/$(DIST)/man/man1
	tar -C target/dist --sort=name --owner=0 --group=0 --numeric-owner -czf target/dist/$(DIST).tar.gz $(DIST)
	cd target/dist && sha256sum $(DIST).tar.gz | tee $(DIST).tar.gz.sha256

# Tests and runs use the same profile, so that Burn is built once.
test: ## All tests; those on real MNIST need MNIST_DIR
	$(CARGO) test --locked --release --workspace

# Every row runs, also after a broken promise. One at a time, because the rows measure time.
torture-of = mkdir -p target && printf '| promise under torture | what came of it |\n|---|---|\n' > target/torture.md; \
	TORTURE=$(1) TORTURE_TABLE=$(CURDIR)/target/torture.md \
	$(CARGO) test --locked --release --workspace --no-fail-fast torture_ -- --nocapture --test-threads=1; \
	kept=$$?; cat target/torture.md; exit $$kept

torture: ## Test the promises of docs/reliability.md: minutes; writes target/torture.md
	@$(call torture-of,full)

torture-long: ## The same ten times as often: hours
	@$(call torture-of,long)

simulate: ## How often verdicts are wrong, and how many seeds they need: the tables of docs/statistics.md, minutes
	SIMULATE=1 $(CARGO) test --locked --release --package evidence family -- --nocapture --test-threads=1

test-pdf: ## The tests of the PDF; builds the typesetter
	$(CARGO) test $(PDF)

test-backends: ## Compare ndarray and wgpu with flex; wgpu needs a Vulkan driver (mesa-vulkan-drivers)
	$(CARGO) test --locked --release --package experiments --features ndarray,wgpu --test backends -- --nocapture

# Built with the whole workspace, so that its crates have the features that the tests use, and Burn is built once.
MEASURE := $(CARGO) build --locked --release --workspace && target/release/measure

bench: ## Time steps and validations; compare with a hand-written loop and Burn's modules
	$(MEASURE)

bench-scaling: ## Time a step over width, depth and batch size
	$(MEASURE) scaling

bench-records: ## Time list, claims and a run with nothing to train over 100 to 10,000 records
	$(MEASURE) records

PEERS_VENV ?= target/peers-venv

bench-peers: ## Time the same training in NumPy, PyTorch and JAX (installed into a venv)
	$(CARGO) build --locked --release --workspace
	test -d $(PEERS_VENV) || python3 -m venv $(PEERS_VENV)
	$(PEERS_VENV)/bin/pip install --quiet --requirement benches/peers/requirements.txt
	$(PEERS_VENV)/bin/python benches/peers/compare.py $(ARGS)

SEARCH_VENV ?= target/search-venv

bench-search: ## Compare the searches of sweeps with Optuna's (installed into a venv): needs MNIST
	$(CARGO) build --locked --release --package search --example ask
	test -d $(SEARCH_VENV) || python3 -m venv $(SEARCH_VENV)
	$(SEARCH_VENV)/bin/pip install --quiet --requirement benches/search/requirements.txt
	$(SEARCH_VENV)/bin/python benches/search/compare.py $(ARGS)

INTEROP_VENV ?= target/interop-venv
# Debian's python3-torch is PyTorch without CUDA, which would take 6 GB.
INTEROP_PYTHON ?= $(shell /usr/bin/python3 -c 'import torch' 2>/dev/null && echo /usr/bin/python3 || echo python3)

test-interop: ## Read exports with ONNX Runtime, PyTorch, TensorBoard, MLflow, … (installed into a venv)
	$(CARGO) build --locked --release --workspace
	test -d $(INTEROP_VENV) || $(INTEROP_PYTHON) -m venv --system-site-packages $(INTEROP_VENV)
	$(INTEROP_VENV)/bin/python -m pip install --quiet --requirement tests/interop/requirements.txt
	$(INTEROP_VENV)/bin/python -m pytest --quiet -p no:cacheprovider tests/interop $(ARGS)

check: fmt clippy doc test test-pdf backends deny ## Formatting, clippy, docs, tests, other backends, licences: cheapest first

fmt:
	$(CARGO) fmt --all --check
	$(CARGO) fmt --manifest-path crates/pdf/Cargo.toml --check

clippy:
	$(CARGO) clippy --locked --release --workspace --all-targets -- --deny warnings
	$(CARGO) clippy $(PDF) --all-targets -- --deny warnings

doc:
	RUSTDOCFLAGS="--deny warnings" $(CARGO) doc --locked --release --workspace --no-deps --document-private-items

backends: ## Check that every other backend compiles
	$(CARGO) check --locked --release --package experiments --no-default-features --features ndarray
	$(CARGO) check --locked --release --package experiments --no-default-features --features wgpu
# Burn's CUDA backend fetches an LLVM when it is built. DOCS_RS skips that; a check does not need it.
	DOCS_RS=1 $(CARGO) check --locked --release --package experiments --no-default-features --features cuda

deny: ## Licences, bans and sources (needs cargo-deny)
	$(CARGO) deny --locked check licenses bans sources
	$(CARGO) deny --locked --manifest-path crates/pdf/Cargo.toml --config deny.toml check licenses bans sources

advisories: ## Known vulnerabilities in dependencies (needs cargo-deny and a network)
	$(CARGO) deny --locked check advisories
	$(CARGO) deny --locked --manifest-path crates/pdf/Cargo.toml --config deny.toml check advisories

# Replaces the text between two marks of a page with that of a file: $(call fill,page,mark,file)
fill = awk '/<!-- $(2) -->/ { print; print ""; while ((getline line < "$(3)") > 0) print line; print ""; skip = 1 } \
	/<!-- \/$(2) -->/ { skip = 0 } !skip && !/<!-- $(2) -->/' $(1) > runs/page.md && mv runs/page.md $(1)

results: build ## Fill README.md and docs/results.md with the results of all tasks: needs MNIST
	@mkdir -p runs docs/figures
	@$(EXPERIMENTS) run --all --no-tui --dataset mnist --markdown > runs/results.md
	@$(EXPERIMENTS) claims --until-decided --dataset mnist --markdown > runs/claims.md
	@$(call fill,README.md,results,runs/results.md)
	@$(call fill,docs/results.md,claims,runs/claims.md)
	@cp runs/figures/task3.svg docs/figures/

clean-runs: ## Delete all records and figures
	rm -rf runs
