//go:build !linux

package mic

import "github.com/gen2brain/malgo"

// backends leaves out miniaudio's null device, which would record silence
// where there is no sound system.
func backends() []malgo.Backend {
	return []malgo.Backend{
		malgo.BackendWasapi, malgo.BackendCoreaudio, malgo.BackendSndio, malgo.BackendOss,
	}
}

func quietLibraries() {}
