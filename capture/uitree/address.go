package uitree

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"
)

const (
	maxAddress = 2048 // bytes
	leftOut    = "…"
)

// cleanAddress makes of a page's address what may be told: scheme, host and
// path, and of query and fragment what does not look like a secret. User name
// and password go. Addresses that hold content themselves, such as data: and
// javascript:, give nothing; so does what is no address or too long.
func cleanAddress(address string) string {
	if len(address) > maxAddress {
		return ""
	}
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Opaque != "" {
		return ""
	}
	switch u.Scheme {
	case "http", "https", "ftp", "file", "chrome", "about":
	default:
		return ""
	}
	clean := url.URL{Scheme: u.Scheme, Host: u.Host, Path: cleanPath(u.Path)}
	if q := cleanPairs(u.RawQuery); q != "" {
		clean.RawQuery = q
	}
	text := clean.String()
	if f := cleanFragment(u.Fragment); f != "" {
		text += "#" + (&url.URL{Fragment: f}).EscapedFragment()
	}
	return strings.ReplaceAll(text, url.PathEscape(leftOut), leftOut)
}

func cleanPath(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if looksSecret(p) {
			parts[i] = leftOut
		}
	}
	return strings.Join(parts, "/")
}

// cleanPairs keeps the order and the spelling of a query. What is no pair is
// judged as a value.
func cleanPairs(query string) string {
	if query == "" {
		return ""
	}
	pairs := strings.FieldsFunc(query, func(r rune) bool { return r == '&' || r == ';' })
	for i, pair := range pairs {
		key, value, isPair := strings.Cut(pair, "=")
		plainKey, err := url.QueryUnescape(key)
		if err != nil || looksSecret(plainKey) {
			pairs[i] = leftOut
			continue
		}
		if !isPair {
			continue
		}
		plain, err := url.QueryUnescape(value)
		if err != nil || secretKey.MatchString(plainKey) || looksSecret(plain) || strings.Contains(plain, "://") {
			pairs[i] = url.QueryEscape(plainKey) + "=" + leftOut
		}
	}
	return strings.Join(pairs, "&")
}

// cleanFragment keeps a place in a page, or a route of a program in it.
func cleanFragment(fragment string) string {
	path, query, hasQuery := strings.Cut(fragment, "?")
	if !hasQuery && strings.Contains(fragment, "=") {
		path, query = "", fragment
	}
	path = cleanPath(path)
	if query == "" {
		return path
	}
	if hasQuery {
		path += "?"
	}
	return path + cleanPairs(query)
}

// secretKey matches keys of a query whose values nobody else may know.
var secretKey = regexp.MustCompile(`(?i)token|secret|passw|pwd|^pass|passphrase|auth|cred|signature|^sig|session|^s?sid|jwt|saml|ticket|nonce|` +
	`assertion|otp|^code$|^state$|^key$|[_-]?(api|access|private)[_-]?key|apikey|hash|^x-amz|^x-goog|invite|reset|verif`)

var identifier = regexp.MustCompile(`^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$`)

// looksSecret tells whether a text looks like a key: a long run without words,
// of letters and digits mixed. Identifiers in the form of a UUID do not.
func looksSecret(s string) bool {
	if identifier.MatchString(s) {
		return false
	}
	for _, run := range strings.FieldsFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' && r != '+' && r != '='
	}) {
		var letters, digits, changes int
		var last bool
		for i, r := range run {
			digit := unicode.IsDigit(r)
			if digit {
				digits++
			} else if unicode.IsLetter(r) {
				letters++
			}
			if i > 0 && digit != last {
				changes++
			}
			last = digit
		}
		if letters+digits >= 16 && digits >= 3 && letters >= 3 && changes >= 3 || letters+digits >= 40 {
			return true
		}
	}
	return strings.HasPrefix(s, "eyJ")
}
