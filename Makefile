# make run    set up, build, and open the window; without a display, run the demo
# make build  set up and build build/bin/runreel
# make test   set up and run everything that must pass
# make test-crash  kill the stores 500 times at random moments, and look at what is left
# make bench-record  what a recording costs, beside ffmpeg's on the same work (5 minutes)
# make test-power-loss  the same with the power cut instead; needs root and loop devices
# make demo   a scripted deployment, recorded for real in a virtual desktop
# make lint   go vet and staticcheck
# make bindings  write frontend/wailsjs anew after a bound method changed
# make clean  remove what was built here (whisper.cpp's library stays in the cache)

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := run
.DELETE_ON_ERROR:
.ONESHELL:
# The tools themselves use every core; side by side, set-up would only run into what needs it.
.NOTPARALLEL:
.PHONY: run build test test-crash bench-record demo lint bindings clean setup setup-test binary

# With it, cd may go elsewhere and print.
unexport CDPATH
export CGO_ENABLED := 1
export GOFLAGS += -buildvcs=$(shell git rev-parse HEAD >/dev/null 2>&1 && echo true || echo false)

tags      := webkit2_41,sqlite_fts5
binary    := build/bin/runreel
model     := pipeline/transcribe/whisper/testdata/espeak-devops.bin
go        := build/with-whisper.sh go
modules   := frontend/node_modules/.installed
page      := frontend/dist/index.html
sources   := $(shell find frontend -path frontend/node_modules -prune -o -path frontend/dist -prune -o -type f -print 2>/dev/null)

run:
	@if [ -n "$${DISPLAY:-}$${WAYLAND_DISPLAY:-}" ]; then
		$(MAKE) --no-print-directory build
		exec $(binary)
	fi
	echo "There is no display here, so this runs the demo in a virtual one."
	$(MAKE) --no-print-directory demo

build: setup $(page)
	@$(MAKE) --no-print-directory binary

# Go itself knows what to compile again.
binary:
	@$(go) build -tags desktop,production,$(tags) -trimpath -o $(binary) . || {
		echo "runreel did not compile; Go's own words are above. Modules that could not be fetched need a network." >&2
		exit 1
	}
	echo "built $(binary)"

setup:
	@build/setup.sh build
	build/whisper.sh >/dev/null

# One request for all that is missing, so it comes before "setup".
setup-test:
	@build/setup.sh test

$(modules): frontend/package.json frontend/package-lock.json
	@cd frontend
	npm ci --include=dev --no-audit --no-fund || {
		echo "The packages of the frontend could not be installed; npm's own words are above (is there a network?)." >&2
		exit 1
	}
	touch node_modules/.installed

$(page): $(modules) $(sources)
	@cd frontend && npm run build
	touch dist/.gitkeep

demo: setup-test build
	@rm -rf build/demo
	$(binary) demo --out build/demo --model $(model)

test: setup-test build
	@build/test.sh

# SEED repeats a run, which tells its seed.
test-crash: setup
	@$(go) test -tags $(tags) -count=1 -v -timeout 60m -run TestCrash ./app/crash -args -kills $(or $(KILLS),500) -seed $(or $(SEED),0)

# The second run looks at memory: 3000 pictures are more than ten minutes of work leave.
bench-record: setup-test build
	@export RUNREEL_BIN=$(CURDIR)/$(binary) RUNREEL_COST_LENGTH=$(or $(LENGTH),60s) RUNREEL_FLAT_PICTURES=3000
	$(go) test -tags e2e,$(tags) -count=1 -v -timeout 20m -run '^TestCost$$' ./app/e2e/cost
	$(go) test -tags $(tags) -count=1 -v -timeout 20m -run '^TestMemoryIsFlat$$' ./capture/screen

test-power-loss: setup
	@$(go) test -tags $(tags),powerloss -count=1 -v -timeout 60m -run TestPowerLoss ./app/crash -args -kills $(or $(KILLS),300) -seed $(or $(SEED),0)

lint: setup
	@build/lint.sh

bindings: setup
	@$(go) run -tags bindings,$(tags) .

clean:
	@rm -rf build/bin build/demo build/tmp frontend/node_modules
	find frontend/dist -mindepth 1 ! -name .gitkeep -delete
