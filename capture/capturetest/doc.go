// Package capturetest is the suite that every source of a recording passes,
// and what its tests need: Media kept in memory in the order of arrival, and a
// Collector of events that waits for conditions instead of sleeping.
//
// It imports capture and nothing else of runreel, and is imported by tests
// only. It starts one goroutine per running source, and has ended it when the
// test ends.
package capturetest
