package uitree

import (
	"net/url"
	"strings"
	"testing"
)

func TestCleanAddress(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"https://console.test/app/deploy?env=prod&page=2", "https://console.test/app/deploy?env=prod&page=2"},
		{"https://ops:hunter2@console.test:8443/x", "https://console.test:8443/x"},
		{"https://c.test/?token=abc&env=prod", "https://c.test/?token=…&env=prod"},
		{"https://c.test/cb?code=4%2F0Ab&state=x", "https://c.test/cb?code=…&state=…"},
		{"https://c.test/#access_token=abc&type=bearer", "https://c.test/#access_token=…&type=bearer"},
		{"https://c.test/#/nodes/web-1?key=a&tab=logs", "https://c.test/#/nodes/web-1?key=…&tab=logs"},
		{"https://c.test/reset/q8Zx0T5pLk2mN7vB3cD9", "https://c.test/reset/…"},
		{"https://c.test/ns/default/pods/api-7d9f8b6c5-abcde", "https://c.test/ns/default/pods/api-7d9f8b6c5-abcde"},
		{"https://c.test/i/0b7e5a52-3c1d-4e9a-9f5b-2f6a7c8d9e0f", "https://c.test/i/0b7e5a52-3c1d-4e9a-9f5b-2f6a7c8d9e0f"},
		{"https://c.test/?q=eyJhbGciOiJIUzI1NiJ9", "https://c.test/?q=…"},
		{"https://c.test/?next=https%3A%2F%2Fx.test%2F%3Ftoken%3Da", "https://c.test/?next=…"},
		{"https://c.test/?q8Zx0T5pLk2mN7vB3cD9", "https://c.test/?…"},
		{"file:///srv/runbook.html", "file:///srv/runbook.html"},
		{"about:blank", ""}, {"data:text/html,hello", ""}, {"javascript:alert(1)", ""}, {"blob:https://x/y", ""},
		{"", ""}, {"://", ""}, {"https://c.test/" + strings.Repeat("a/", 2000), ""},
	} {
		if got := cleanAddress(c.in); got != c.want {
			t.Errorf("%s: %s, want %s", c.in, got, c.want)
		}
	}
}

func FuzzCleanAddress(f *testing.F) {
	f.Add("https://ops:hunter2@c.test/a?token=b#c")
	f.Add("http://[::1]/%zz?;&=")
	f.Fuzz(func(t *testing.T, address string) {
		got := cleanAddress(address)
		if got == "" {
			return
		}
		u, err := url.Parse(got)
		if err != nil {
			t.Fatalf("%q became %q: %v", address, got, err)
		}
		if u.User != nil {
			t.Errorf("%q became %q, with a user", address, got)
		}
		if len(got) > 4*maxAddress {
			t.Errorf("%d bytes became %d", len(address), len(got))
		}
		if again := cleanAddress(got); again != got && len(got) <= maxAddress && !strings.Contains(got, "%E2%80%A6") && again != "" && !strings.Contains(again, leftOut) {
			t.Errorf("%q became %q and then %q", address, got, again)
		}
	})
}
