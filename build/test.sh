#!/usr/bin/env bash
# Runs everything that must pass, after set-up and build. It goes on after a
# failure, so that one run shows all, and ends with what ran, what was measured
# and how many passed and failed.
set -uo pipefail
unset CDPATH
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit

tags=webkit2_41,sqlite_fts5
go="build/with-whisper.sh go"
work=build/tmp/test
rm -rf "$work"
mkdir -p "$work"
counts=$work/counts
: >"$counts"
$go build -o "$work/report" ./build/report || exit 1

# step NAME COMMAND...: something that counts as one test.
step() {
	local name=$1 began=$SECONDS
	shift
	echo "== $name"
	if "$@"; then
		printf '%s\t1\t0\t%d\n' "$name" $((SECONDS - began)) >>"$counts"
	else
		printf '%s\t0\t1\t%d\n' "$name" $((SECONDS - began)) >>"$counts"
	fi
}

# go_tests NAME ARGUMENTS...: go test, each test counted.
go_tests() {
	local name=$1 began=$SECONDS
	shift
	echo "== $name"
	$go test -json -count=1 "$@" 2>&1 | "$work/report" -name "$name" -counts "$counts"
	echo "   took $((SECONDS - began)) s"
}

frontend_tests() {
	(cd frontend && npm test -- --reporter=default --reporter=json --outputFile.json="../$work/vitest.json")
	node -e '
		const r = JSON.parse(require("fs").readFileSync(process.argv[1]));
		const failed = r.numTotalTests - r.numPassedTests + (r.success || r.numFailedTests ? 0 : 1);
		console.log(["frontend tests", r.numPassedTests, failed].join("\t"));
	' "$work/vitest.json" >>"$counts" || printf 'frontend tests\t0\t1\n' >>"$counts"
}

bench() {
	local packages
	packages=$(grep -rl --include='*_test.go' --exclude-dir=node_modules '^func Benchmark' app build capture pipeline |
		grep -v '^app/e2e/' | xargs -n1 dirname | sort -u | sed 's,^,./,')
	# shellcheck disable=SC2086 # one word for each package
	$go test -tags "$tags" -run '^$' -bench . -benchtime 0.2s -timeout 15m $packages 2>"$work/bench.err" | tee "$work/bench" | grep -E '^(Benchmark|FAIL|---)' ||
		{ cat "$work/bench.err" "$work/bench"; false; }
}

step "go vet" $go vet -tags "$tags" ./...
step "frontend types" npm --prefix frontend run --silent check
step "frontend lint" npm --prefix frontend run --silent lint
echo "== frontend tests"
frontend_tests
# One run is both: the race detector does not change what the tests look at.
go_tests "go test -race" -race -p 2 -timeout 25m -tags "$tags" ./...
export RUNREEL_BIN="$PWD/build/bin/runreel"
go_tests "end to end" -p 1 -timeout 30m -tags "e2e,$tags" ./app/e2e/...
step "benchmarks" bench

echo
echo "What was measured:"
grep -E '^Benchmark' "$work/bench" 2>/dev/null || echo "nothing"
echo
echo "What ran:"
awk -F'\t' '{ printf "  %-16s %5d passed, %d failed\n", $1, $2, $3; p += $2; f += $3 }
	END { printf "%d passed, %d failed\n", p, f; exit f > 0 || p == 0 }' "$counts"
