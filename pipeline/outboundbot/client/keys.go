package client

import (
	"cmp"
	"fmt"
	"os"
	"strings"
	"unicode"

	"github.com/aliyun/credentials-go/credentials"
)

// checkKeys returns an error, of kind Credentials, for credentials with a
// character in them that none has: what an editor, echo or a file of variables
// left around them. Requests signed with them would fail on the way or at the
// API, in words that do not name the cause. It never shows the credentials.
func checkKeys(m *credentials.CredentialModel, provider string) error {
	for _, part := range []struct {
		what, variable string
		value          *string
	}{
		{"access key id", "ALIBABA_CLOUD_ACCESS_KEY_ID", m.AccessKeyId},
		{"access key secret", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", m.AccessKeySecret},
		{"security token", "ALIBABA_CLOUD_SECURITY_TOKEN", m.SecurityToken},
	} {
		if part.value == nil {
			continue
		}
		wrong := strangeIn(*part.value)
		if wrong == "" {
			continue
		}
		place := "the " + part.what
		switch link := provider[strings.LastIndex(provider, "/")+1:]; {
		case link == "env":
			place = part.variable
		case strings.Contains(provider, "profile"):
			place += " in " + cmp.Or(os.Getenv("ALIBABA_CLOUD_CREDENTIALS_FILE"), "the profile file")
		}
		return &Error{
			Kind: Credentials, Reason: fmt.Sprintf("invalid credentials: the %s %s", part.what, wrong),
			Advice: fmt.Sprintf("%s %s: set it without; where a file or a secret sets it, write that with printf, as echo adds a line break", place, wrong),
		}
	}
	return nil
}

// strangeIn says what a key or token has in it that none has, "" for nothing. A
// line break goes first: it is what is seen least.
func strangeIn(key string) string {
	strange := func(r rune) bool { return r <= ' ' || r > '~' || r == '"' || r == '\'' }
	at := strings.IndexAny(key, "\r\n")
	if at < 0 {
		at = strings.IndexFunc(key, strange)
	}
	if at < 0 {
		return ""
	}
	what := ""
	switch r := []rune(key[at:])[0]; {
	case r == '\n' || r == '\r':
		what = "a line break"
	case r == ' ':
		what = "a space"
	case r == '\t':
		what = "a tab"
	case r == '"' || r == '\'':
		what = "a quotation mark"
	case unicode.IsSpace(r):
		what = fmt.Sprintf("white space (%U)", r)
	default:
		what = fmt.Sprintf("a character that no key has (%U)", r)
	}
	switch {
	case strings.TrimLeftFunc(key[at:], strange) == "":
		return "ends with " + what
	case at == 0:
		return "begins with " + what
	}
	return "has " + what + " in it"
}
