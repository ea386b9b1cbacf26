package media

import (
	"net/http"
	"path"
	"regexp"
)

// urlRule is all that is answered: /media/<session>/<name>.
var urlRule = regexp.MustCompile(`^/media/(` + idPattern + `)/(` + namePattern + `)$`)

// contentTypes by extension: what a file is follows from its name alone, never
// from its bytes.
var contentTypes = map[string]string{
	".png":  "image/png",
	".jpg":  "image/jpeg",
	".wav":  "audio/wav",
	".flac": "audio/flac",
}

// ServeHTTP implements http.Handler. It serves stored media to the window, at
// /media/<session>/frames/<sha256>.png and its like, whole or in ranges.
// Everything else is not found. The answers say that a page may show them and
// nothing more: no sniffing, no script, no other origin.
func (s *Store) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	m := urlRule.FindStringSubmatch(r.URL.Path)
	// RawPath is set where the path was escaped in a way of its own, which a
	// name of ours never needs.
	if m == nil || r.URL.RawPath != "" {
		http.Error(w, "not found", http.StatusNotFound)
		return
	}
	file, info, err := s.regular(m[1] + "/" + m[2])
	if err != nil {
		http.Error(w, "not found", http.StatusNotFound)
		return
	}
	defer file.Close()
	h.Set("Content-Type", contentTypes[path.Ext(m[2])])
	h.Set("Cache-Control", "private, max-age=31536000, immutable")
	h.Set("ETag", `"`+path.Base(m[2])+`"`)
	http.ServeContent(w, r, "", info.ModTime(), file)
}
