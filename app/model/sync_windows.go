package model

// syncFolder does nothing: NTFS keeps its names in a journal.
func syncFolder(string) error { return nil }
