// Package ocr reads the text at a place of a picture with the tesseract
// program. It is how a step gets its label where a program tells no accessible
// name.
//
// Only a small part of the picture around the place is read: a whole screen
// takes seconds. What is uncertain counts as nothing read, because a step that
// names the wrong button is worse than one that names none.
//
// Of runreel it imports the words of capture and the guarded decoder of
// app/media. It starts one process for each attempt to read, with a time limit,
// and has ended it when Read returns; no goroutine but those of os/exec.
package ocr
