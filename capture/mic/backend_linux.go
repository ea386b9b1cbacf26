package mic

/*
#cgo LDFLAGS: -ldl
#include <dlfcn.h>
#include <stddef.h>

typedef void (*runreel_alsa_handler)(const char *file, int line, const char *function, int err, const char *fmt, ...);

static void runreel_alsa_quiet(const char *file, int line, const char *function, int err, const char *fmt, ...) {}

// The library is miniaudio's choice at run time, so it may not be there.
static void runreel_quiet_alsa(void) {
	void *lib = dlopen("libasound.so.2", RTLD_NOW);
	if (lib == NULL) {
		return;
	}
	int (*set)(runreel_alsa_handler) = (int (*)(runreel_alsa_handler))dlsym(lib, "snd_lib_error_set_handler");
	if (set != NULL) {
		set(runreel_alsa_quiet);
	}
}
*/
import "C"

import (
	"path/filepath"

	"github.com/gen2brain/malgo"
)

// backends are the sound systems to try, in this order. ALSA is one where the
// kernel has a device to record from, and JACK where its server runs: their
// libraries write to the terminal of a user who has neither. miniaudio's null
// device, which would record silence, is none.
func backends() []malgo.Backend {
	all := []malgo.Backend{malgo.BackendPulseaudio}
	if exists("/dev/snd/pcmC*D*c") {
		all = append(all, malgo.BackendAlsa)
	}
	if exists("/dev/shm/jack*") {
		all = append(all, malgo.BackendJack)
	}
	if exists("/dev/dsp*") {
		all = append(all, malgo.BackendOss)
	}
	return all
}

func exists(pattern string) bool {
	found, err := filepath.Glob(pattern)
	return err == nil && len(found) > 0
}

// quietLibraries has ALSA's library write nothing to standard error: what went
// wrong comes back as an error of its calls. It may be called again.
func quietLibraries() { C.runreel_quiet_alsa() }
