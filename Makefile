# make run    set up, build, and open the window; without a display, run the demo
# make build  set up and build build/bin/runreel
# make test   set up and run everything that must pass
# make demo   a scripted deployment, recorded for real in a virtual desktop
# make lint   go vet and staticcheck
# make bindings  write frontend/wailsjs anew after a bound method changed
# make clean  remove what was built here (whisper.cpp's library stays in the cache)

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := run
.DELETE_ON_ERROR:
.ONESHELL:
.PHONY: run build test demo lint bindings clean setup setup-test binary

export CGO_ENABLED := 1
export GOFLAGS += -buildvcs=$(shell git rev-parse HEAD >/dev/null 2>&1 && echo true || echo false)

tags      := webkit2_41,sqlite_fts5
binary    := build/bin/runreel
model     := pipeline/transcribe/whisper/testdata/espeak-devops.bin
go        := build/with-whisper.sh go
modules   := frontend/node_modules/.installed
page      := frontend/dist/index.html
sources   := $(shell find frontend -path frontend/node_modules -prune -o -path frontend/dist -prune -o -type f -print 2>/dev/null)

run: build
	@if [ -n "$${DISPLAY:-}$${WAYLAND_DISPLAY:-}" ]; then exec $(binary); fi
	echo "There is no display here, so this runs the demo in a virtual one."
	$(MAKE) --no-print-directory demo

build: setup $(page)
	@$(MAKE) --no-print-directory binary

# Go itself knows what to compile again.
binary:
	@$(go) build -tags desktop,production,$(tags) -trimpath -o $(binary) .
	echo "built $(binary)"

setup:
	@build/setup.sh build
	build/whisper.sh >/dev/null

setup-test: setup
	@build/setup.sh test

$(modules): frontend/package.json frontend/package-lock.json
	@cd frontend && npm ci --no-audit --no-fund
	touch node_modules/.installed

$(page): $(modules) $(sources)
	@cd frontend && npm run build
	touch dist/.gitkeep

demo: build setup-test
	@rm -rf build/demo
	$(binary) demo --out build/demo --model $(model)
	echo
	find build/demo -type f | sort

test: setup-test build
	@build/test.sh

lint: setup
	@build/lint.sh

bindings: setup
	@$(go) run -tags bindings,$(tags) .

clean:
	@rm -rf build/bin build/demo build/tmp frontend/node_modules
	find frontend/dist -mindepth 1 ! -name .gitkeep -delete
