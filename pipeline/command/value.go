package command

import (
	"regexp"
	"slices"
	"strings"
)

// Value is a word, or a part of one, that looks like what another run would
// replace.
type Value struct {
	Name string // what to call it: "VERSION"
	Text string
}

// shapes are the forms of values, the most telling first: what one took is not
// looked at by the next.
var shapes = []struct {
	name string
	form *regexp.Regexp
}{
	{"URL", regexp.MustCompile(`https?://[^\s'"<>|;&()$` + "`" + `\\{}]+`)},
	{"DATE", regexp.MustCompile(`\b20\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])\b`)},
	{"IP", regexp.MustCompile(`\b(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)\b`)},
	{"TICKET", regexp.MustCompile(`\b[A-Z][A-Z0-9]{1,9}-\d{2,7}\b`)},
	{"VERSION", regexp.MustCompile(`\bv?\d+\.\d+(?:\.\d+)*(?:[-+][0-9A-Za-z][0-9A-Za-z.]*)*\b`)},
	{"COMMIT", regexp.MustCompile(`\b[0-9a-f]{7,40}\b`)},
	{"HOST", regexp.MustCompile(`\b(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.){2,}[a-z]{2,12}\b`)},
}

// names are what the kinds of targets are called.
var names = map[string]string{
	"kube.namespace": "NAMESPACE", "kube.context": "CONTEXT", "kube.cluster": "CLUSTER", "aws.profile": "PROFILE", "cloud.project": "PROJECT",
	"terraform.workspace": "WORKSPACE", "host": "HOST", "environment": "ENVIRONMENT",
}

var imageTag = regexp.MustCompile(`^(?:[^=\s]+=)?(?:[\w.-]+(?::\d+)?/)+[\w.-]+:([\w][\w.-]*)$`)

// Values lists what in a command line looks like a value, each once, in the
// order of the forms.
func Values(line string) []Value {
	var out []Value
	add := func(name, text string) {
		if isValue(name, text) && !slices.ContainsFunc(out, func(v Value) bool { return v.Text == text }) {
			out = append(out, Value{name, text})
		}
	}
	for _, t := range targets(line, nil) {
		if name := names[t.kind]; name != "" {
			add(name, t.name)
		}
	}
	for _, v := range ValuesIn(line) {
		add(v.Name, v.Text)
	}
	for _, c := range callsOf(line) {
		for _, w := range c.words {
			if m := imageTag.FindStringSubmatch(w.Text); m != nil && w.Literal {
				add("IMAGE_TAG", m[1])
			}
		}
	}
	return out
}

// ValuesIn lists what in any text looks like a value.
func ValuesIn(text string) []Value {
	var out []Value
	rest := text
	for _, shape := range shapes {
		for _, found := range shape.form.FindAllString(rest, 100) {
			if shape.name == "URL" {
				found = strings.TrimRight(found, ".,")
			}
			if isValue(shape.name, found) {
				out = append(out, Value{shape.name, found})
			}
		}
		if shape.name != "URL" { // what stands in a URL may be more telling
			rest = shape.form.ReplaceAllString(rest, " ")
		}
	}
	return out
}

// isValue tells values from what only looks like one.
func isValue(name, text string) bool {
	switch name {
	case "URL":
		// What is inside is better replaced by itself, and what may be a
		// password is not repeated.
		return !strings.Contains(text, "@") && len(ValuesIn(strings.TrimLeft(text[len("http"):], "s:/"))) == 0 && !isLocal(urlHost(text))
	case "HOST":
		dot := strings.LastIndexByte(text, '.')
		return text != "" && !isLocal(text) && !slices.Contains(suffixes, text[dot+1:])
	case "IP":
		return !isLocal(text) && text != "255.255.255.0"
	case "TICKET":
		head, _, _ := strings.Cut(text, "-")
		return !slices.Contains([]string{"UTF", "SHA", "ISO", "RFC", "TLS", "AES", "RSA", "CP", "UCS", "ECDSA", "HMAC", "CVE"}, head)
	case "COMMIT":
		return strings.ContainsAny(text, "0123456789") && strings.ContainsAny(text, "abcdef")
	case "IMAGE_TAG":
		return text != "latest"
	}
	return text != "" && !strings.ContainsAny(text, " \t\n$`\\{}*")
}

func isLocal(host string) bool {
	return host == "" || host == "localhost" || host == "0.0.0.0" || host == "-" || strings.HasPrefix(host, "127.") || strings.ContainsAny(host, " \t\n$`\\{}*")
}

// suffixes end the names of files that look like hosts.
var suffixes = strings.Fields("go py js ts sh yaml yml json toml ini conf cfg txt md log gz tgz zip xz bz tar deb rpm jar war sql csv pem crt key service socket timer mount lock tmpl tpl tf tfvars html css xml env bak old orig dist")
