// Package model owns the folder of installed speech models: what is in it, and
// how a file gets into it whole or not at all.
//
// It imports pipeline/transcribe for the check of a file, and nothing else of
// runreel. No model is fetched from anywhere: a person names a file. It starts
// no goroutine.
package model
