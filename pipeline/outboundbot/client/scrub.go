package client

import (
	"fmt"
	"os"
	"strings"
	"unicode"
)

// maxMessage is how many characters of a message from elsewhere are passed on.
const maxMessage = 300

// scrub makes a message from elsewhere fit for errors: on one line, not too
// long, and without credentials. The API's own messages need it: it answers a
// wrong signature with the headers it signed, the token among them.
func (c *chain) scrub(message string) string {
	if i := strings.Index(strings.ToLower(message), "server string to sign"); i >= 0 {
		message = strings.TrimRight(message[:i], " ,;:.")
	}
	message = string(c.scrubBytes([]byte(message)))
	message = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(message, "\uFFFD"), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r)
	}), " ")
	if runes := []rune(message); len(runes) > maxMessage {
		message = string(runes[:maxMessage]) + " …"
	}
	return message
}

// scrubBytes replaces credentials in a body that is kept.
func (c *chain) scrubBytes(b []byte) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := string(b)
	for _, secret := range c.secrets {
		s = strings.ReplaceAll(s, secret, "***")
	}
	return []byte(s)
}

// refuseTracing refuses the switches that make the vendor's libraries print
// requests with all their headers, the security token among them.
func refuseTracing() error {
	for name := range strings.SplitSeq(os.Getenv("DEBUG"), ",") {
		switch name {
		case "dara", "tea", "credential":
			return &Error{
				Kind: Usage, Reason: fmt.Sprintf("DEBUG=%s makes the vendor's client print credentials", name),
				Advice: "unset DEBUG",
			}
		}
	}
	return nil
}
