package client

import (
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestEndpointHidesSecrets: an endpoint is refused with a message that holds
// neither user nor password, however it is spelled.
func TestEndpointHidesSecrets(t *testing.T) {
	for _, endpoint := range []string{
		"http://ident:geheim@127.0.0.1", "https://ident:geheim@outboundbot.cn-shanghai.aliyuncs.com:443/", "ident:geheim@127.0.0.1:8099",
		"http://ident:gehe/im@127.0.0.1", "http://ident:ge@geheim@127.0.0.1", "http://ident:geh eim@127.0.0.1", "http://ident:%geheim@127.0.0.1",
		"http://ident:geheim#@127.0.0.1", "http://ident:ge?heim@127.0.0.1", "ftp://ident:geheim@127.0.0.1", "http:/ident:geheim@127.0.0.1",
		"http://ident:ge\"heim@127.0.0.1", "http://ident:ge\nheim@127.0.0.1", "http://127.0.0.1?ident=geheim", "http://ident:geheim@", "ident:geheim@",
	} {
		_, err := New(Options{Endpoint: endpoint})
		if err == nil {
			t.Errorf("%q is accepted", endpoint)
			continue
		}
		for _, secret := range []string{"ident", "geheim", "heim", "eim"} {
			if strings.Contains(err.Error()+err.(*Error).Hint(), secret) {
				t.Errorf("%q: %v", endpoint, err)
			}
		}
	}
	// What is no secret is shown.
	if _, err := New(Options{Endpoint: "http://192.0.2.1:80"}); err == nil || !strings.Contains(err.Error(), `"http://192.0.2.1:80"`) {
		t.Errorf("without credentials: %v", err)
	}
}

// TestMask: whatever net/url says of a URL with a password that it cannot parse,
// and whatever of a longer message is around it, the password is gone.
func TestMask(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		secret := "Geheim" + rapid.StringMatching(`[A-Za-z0-9/:@%?#"\\\[\]]{0,8}`).Draw(t, "rest") + "Geheim"
		address := rapid.SampledFrom([]string{"http", "https", "socks5"}).Draw(t, "scheme") + "://Benutzer:" + secret + "@192.0.2.1:3128"
		messages := []string{"proxy " + address + " is down", "Post \"" + address + "/x\": no"}
		if _, err := url.Parse(address); err != nil {
			messages = append(messages, "invalid proxy address: "+err.Error())
		}
		for _, message := range messages {
			if got := Mask(message); strings.Contains(got, "Geheim") || strings.Contains(got, "Benutzer") {
				t.Fatalf("%s becomes %s", message, got)
			}
		}
	})
	for message, want := range map[string]string{
		"open a/b@c: no such file":                        "open a/b@c: no such file",
		"mail to x@example.org":                           "mail to x@example.org",
		"look at --endpoint, which is http://127.0.0.1:1": "look at --endpoint, which is http://127.0.0.1:1",
		"see https://example.org/ or ask a@example.org":   "see https://example.org/ or ask a@example.org",
		"http://u@example.org/ and https://v:w@h":         "http://***@example.org/ and https://***@h",
	} {
		if got := Mask(message); got != want {
			t.Errorf("%q becomes %q", message, got)
		}
	}
}

// TestProxyIsHidden: a proxy whose address is not valid is refused, and its
// password is in no error.
func TestProxyIsHidden(t *testing.T) {
	for _, proxy := range []string{
		"http://ident:ge heim@192.0.2.1", "http://ident:ge/heim@192.0.2.1", "http://ident:/geheim@192.0.2.1", "http://ident:%geheim@192.0.2.1",
		"http://ident:ge#heim@192.0.2.1", "ident:ge/heim@192.0.2.1", "http://ident:geheim@",
	} {
		t.Setenv("HTTPS_PROXY", proxy)
		_, err := New(Options{Keys: demo})
		if err == nil {
			t.Errorf("%s is accepted", proxy)
			continue
		}
		for _, text := range []string{err.Error(), Mask("dial " + proxy + " now")} {
			if strings.Contains(text, "heim") || strings.Contains(text, "ident") {
				t.Errorf("%s: %s", proxy, text)
			}
		}
		if !strings.Contains(err.Error(), "HTTPS_PROXY") {
			t.Error(err)
		}
	}
	for _, proxy := range []string{"http://ident:ge%2Fheim@192.0.2.1:3128", "socks5://192.0.2.1", "192.0.2.1:3128", "ident:geheim@proxy.example", ""} {
		t.Setenv("HTTPS_PROXY", proxy)
		c, err := New(Options{Keys: demo})
		if err != nil {
			t.Errorf("%s: %v", proxy, err)
			continue
		}
		c.Close()
	}
}
