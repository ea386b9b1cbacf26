package command

import (
	"slices"
	"strings"
	"testing"
)

func TestValues(t *testing.T) {
	for line, want := range map[string][]string{
		"kubectl set image deploy/api api=registry/api:2.5 -n staging": {"NAMESPACE=staging", "VERSION=2.5"},
		"docker pull registry:5000/team/api:main-7f3":                  {"IMAGE_TAG=main-7f3"},
		"docker pull registry/api:latest":                              nil,
		"helm upgrade api ./c --version v1.4.2-rc.1":                   {"VERSION=v1.4.2-rc.1"},
		"ssh ops@web-1 uptime":                                         {"HOST=web-1"},
		"curl https://api.example.com/health":                          {"HOST=api.example.com"},
		"curl https://example.com/health":                              {"HOST=example.com", "URL=https://example.com/health"},
		"curl http://localhost:8080/version":                           nil,
		"curl https://u:p@example.com/x":                               {"HOST=example.com"},
		"ping 10.1.2.3":                                                {"HOST=10.1.2.3"},
		"echo 10.1.2.3/24 127.0.0.1":                                   {"IP=10.1.2.3"},
		"git commit -m 'OPS-1234: fix'":                                {"TICKET=OPS-1234"},
		"git show 1a2b3c4d":                                            {"COMMIT=1a2b3c4d"},
		"echo 1234567 deadbee UTF-8 SHA-256 A-1":                       nil,
		"pg_dump shop > shop-2026-08-01.sql":                           {"DATE=2026-08-01"},
		"tar xf app.tar.gz values.prod.yaml":                           nil,
		"aws --profile acme --region eu-west-1 s3 ls":                  {"PROFILE=acme"},
		"kubectl -n $NS get pods":                                      nil,
		"echo 'open":                                                   nil,
	} {
		var got []string
		for _, v := range Values(line) {
			got = append(got, v.Name+"="+v.Text)
		}
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", line, got, want)
		}
	}
}

func FuzzValues(f *testing.F) {
	for line := range corpus(f) {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		for _, v := range Values(line) {
			if v.Text == "" || v.Name == "" || strings.ContainsAny(v.Text, " \n\t`\\{}") {
				t.Fatalf("%q: %+v", line, v)
			}
		}
	})
}
