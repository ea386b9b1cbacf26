//go:build !race

package terminal_test

// slowdown is what the race detector costs.
const slowdown = 1
