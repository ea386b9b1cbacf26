// Command report reads what "go test -json" prints, shows it shortly while it
// runs and the whole output of what failed, and counts. It is used by
// build/test.sh alone.
//
// It imports nothing of runreel and starts no goroutine.
package main
