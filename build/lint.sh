#!/usr/bin/env bash
# go vet and staticcheck, pinned; see .golangci.yml for those who have golangci-lint.
set -euo pipefail
unset CDPATH
cd "$(dirname "${BASH_SOURCE[0]}")/.."
tags=webkit2_41,sqlite_fts5
build/with-whisper.sh go vet -tags "$tags" ./...
build/with-whisper.sh go run honnef.co/go/tools/cmd/staticcheck@v0.7.0 -tags "$tags" ./...
