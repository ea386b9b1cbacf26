// Package command judges command lines: what a line does (it reads, changes
// state, or destroys something), whether it works on production, what would
// take it back, and which of its words are values that another run would
// replace.
//
// What it knows lies in the tables under data, whose heads describe their
// format. Nothing is guessed: a program that no table names is Unknown.
//
// It is a set of pure functions over plain values. Of runreel it imports only
// its own reader of command lines; it starts no goroutine.
package command
