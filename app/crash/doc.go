// Package crash owns the crash harness, which is all tests. A child process
// works on a real data folder through app/session and app/sqlite: it records,
// takes off the record, finishes, recovers, migrates, drafts, edits, undoes and
// deletes. It says on a pipe what it is about to do and, when that is durable,
// that it is done. The parent kills it at a random moment of the step that it
// aims at, sometimes kills the recovery that follows as well, and then demands
// that everything that was said to be done is there, that what was under way is
// there whole or not at all, that what was removed cannot be read from any
// file, and that SQLite finds nothing wrong.
//
// A few kills are part of go test; make test-crash makes 500. Both print a seed.
// The same seed gives the same work and aims at the same parts of the same
// steps; the moments themselves are up to the machine.
//
// A process that is killed leaves what it wrote to the kernel. TestPowerLoss
// (build tag powerloss, make test-power-loss) takes that away, too: it works on
// an ext4 file system of its own, in a file, and shuts that down without its
// journal, as if the power had gone. It needs root and loop devices, which few
// containers have, so it is not part of go test. What neither shows is a disk
// that forgets what it was told to keep.
//
// It is imported by nothing. For each child it has one goroutine, which reads
// what the child says.
package crash
