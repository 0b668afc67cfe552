package client

import (
	"os"
	"regexp"
	"strconv"
	"strings"
)

const masked = "***"

var (
	// userOfURL is the user and password of a URL in a text. A password may hold a
	// slash or another @ that should have been escaped, so it ends at the last @.
	userOfURL = regexp.MustCompile(`://\S*@`)
	// unreadable is a URL in net/url's words, and the part of it that they quote:
	// what it takes for the port may be the beginning of a password.
	unreadable = regexp.MustCompile(`(parse "(?:[^"\\:]|\\.)*:)(?:[^"\\]|\\.)*": ([^"]*)("(?:[^"\\]|\\.)*")?`)
)

// urlVariables are the environment variables with URLs that may hold a password.
var urlVariables = []string{
	"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALIBABA_CLOUD_CREDENTIALS_URI",
}

// Mask returns a message with the user and password of each URL in it masked.
// Messages of libraries and of the system quote URLs as they were given.
func Mask(message string) string {
	for _, variable := range urlVariables {
		// Known, it is found even where a URL in the message ends early, at a space.
		if user := userOf(os.Getenv(variable)); user != "" {
			quoted := strconv.Quote(user)
			message = strings.ReplaceAll(message, user+"@", masked+"@")
			message = strings.ReplaceAll(message, quoted[1:len(quoted)-1]+"@", masked+"@")
		}
	}
	message = unreadable.ReplaceAllString(message, "${1}"+masked+`": ${2}`)
	return userOfURL.ReplaceAllString(message, "://"+masked+"@")
}

// userOf is the user and password of a URL, also one without a scheme, as far as
// the last @; "" is none.
func userOf(url string) string {
	end := strings.LastIndexByte(url, '@')
	if end < 0 {
		return ""
	}
	if _, rest, found := strings.Cut(url[:end], "://"); found {
		return rest
	}
	return url[:end]
}

// maskURL masks what a URL, or a part of one, holds besides scheme, host and
// path: user and password, and what is behind a question mark.
func maskURL(url string) string {
	if user := userOf(url); user != "" {
		url = strings.Replace(url, user+"@", masked+"@", 1)
	}
	if before, _, found := strings.Cut(url, "?"); found {
		url = before + "?" + masked
	}
	return url
}
