// Package control lets the command line talk to the running recorder over a
// private socket in the file system: a folder of mode 0700, a socket of mode
// 0600, and peers of the same user only. There is no network listener.
//
// It also keeps a second process off a data folder (Hold), and tells which one
// has it.
//
// A connection carries requests and responses in turn. Each is a length of
// four bytes, big endian, and as many bytes of JSON; at most MaxMessage.
//
// It imports capture alone of runreel. Serve starts a goroutine for each
// connection and has ended all of them when it returns; nothing else starts
// one.
package control
