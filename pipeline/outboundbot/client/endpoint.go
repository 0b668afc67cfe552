package client

import (
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// endpoint is where requests go.
type endpoint struct {
	scheme string // http or https
	host   string // HOST or HOST:PORT
}

// parseEndpoint reads HOST[:PORT] or a URL. Responses carry what people said,
// and requests are signed, not encrypted: plain http is for loopback only.
func parseEndpoint(s string) (endpoint, error) {
	bad := func(reason string) (endpoint, error) {
		return endpoint{}, &Error{
			Kind: Usage, Reason: fmt.Sprintf("invalid endpoint %q: %s", s, reason),
			Advice: "give a host such as " + DefaultEndpoint + ", with a port if necessary; http:// is for 127.0.0.1 only",
		}
	}
	text := s
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	if err != nil {
		return bad("neither a host nor a URL")
	}
	switch port := u.Port(); {
	case u.User != nil:
		return bad("credentials do not belong in it")
	case u.Scheme != "https" && u.Scheme != "http":
		return bad("neither http nor https")
	case u.Hostname() == "" || strings.ContainsAny(u.Host, " \t\r\n"):
		return bad("no host")
	case strings.HasSuffix(u.Host, ":") || port != "" && !validPort(port):
		return bad("no port")
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "":
		return bad("more than a host and a port")
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return bad("http only goes to this machine")
	}
	return endpoint{u.Scheme, u.Host}, nil
}

func validPort(s string) bool {
	n, err := strconv.Atoi(s)
	return err == nil && n > 0 && n < 1<<16
}

// isLoopback judges a host as written, not what its name resolves to.
func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback() && ip.Zone() == ""
}
