// Package shellwords reads a command line into the commands that a shell would
// start: their words without quotes, their redirections and here-documents, as
// far as the line alone shows them.
//
// The grammar is that of mvdan.cc/sh, which reads bash, and zsh where bash
// cannot be meant. Nothing is expanded, looked up or run. It imports nothing of
// runreel and starts no goroutine.
package shellwords
