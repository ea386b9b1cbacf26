// Package session keeps recordings: it joins the database of package sqlite
// with the folders of package media into the journal that a recorder writes,
// and recovers what a recorder that died left.
//
// What makes recovery sure of itself:
//
//   - Media is durable before the event that names it, and a batch of events is
//     one transaction that is durable when Append returns.
//   - A running recording holds a file lock in its folder. The system frees it
//     with the process, however that ends. A session in state recording whose
//     lock is free is one whose recorder died.
//   - Sessions begin, are recovered and are deleted under one more lock, that of
//     the store, so that these three never meet, in whichever process.
//   - Media goes after the events that named it. What is left when the process
//     dies in between is media that no event names, and recovery deletes that.
//   - A deletion first renames the folder. What follows is done again after a
//     crash.
//
// It imports the words of capture, and never Wails or a driver. It starts no
// goroutine.
package session
