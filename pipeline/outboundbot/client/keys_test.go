package client

import (
	"errors"
	"strings"
	"testing"
)

// TestKeysWithWhiteSpace: a key that no request can be signed with is named before
// anything is sent, with its variable and what is wrong with it.
func TestKeysWithWhiteSpace(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	const id, secret, token = "ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_SECURITY_TOKEN"
	for _, w := range []struct{ variable, value, says string }{
		{id, "demo\n", "ends with a line break"},
		{id, "demo\r\n", "ends with a line break"},
		{id, "demo\r", "ends with a line break"},
		{id, "\ndemo", "begins with a line break"},
		{id, " demo\n", "ends with a line break"},
		{id, "de\nmo", "has a line break in it"},
		{id, " ", "ends with a space"},
		{secret, "demo-secret ", "ends with a space"},
		{secret, " demo-secret", "begins with a space"},
		{secret, "demo-\tsecret", "has a tab in it"},
		{secret, "demo-secret\u3000", "ends with white space (U+3000)"},
		{secret, "\ufeffdemo-secret", "begins with a character that no key has (U+FEFF)"},
		{secret, "demo-secret\x00", ""}, // no variable holds it
		{secret, `"demo-secret"`, "begins with a quotation mark"},
		{secret, "demo-secr\xffet", "has a character that no key has (U+FFFD) in it"},
		{token, "CAIS+/token==\n", "ends with a line break"},
		{token, "CAIS+/token==", ""},
	} {
		if strings.Contains(w.value, "\x00") {
			if strangeIn(w.value) == "" {
				t.Errorf("%q passes", w.value)
			}
			continue
		}
		t.Run(w.variable[len("ALIBABA_CLOUD_"):]+" "+w.says, func(t *testing.T) {
			for variable, value := range map[string]string{id: "demo", secret: "demo-secret", token: ""} {
				t.Setenv(variable, value)
			}
			t.Setenv(w.variable, w.value)
			f := &fake{}
			c := newTestClient(t, f, func(o *Options) { o.Keys = nil })
			_, err := c.Do(t.Context(), oneJob, nil)
			if w.says == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			e, ok := errors.AsType[*Error](err)
			if !ok || e.Kind != Credentials || !strings.Contains(e.Error(), w.says) || !strings.HasPrefix(e.Hint(), w.variable+" "+w.says+":") {
				t.Fatalf("%q: %v; hint: %s", w.value, err, e.Hint())
			}
			if len(f.arrivals) > 0 || c.Counters().Requests > 0 {
				t.Errorf("%d requests were sent", c.Counters().Requests)
			}
			if text := strings.TrimSpace(w.value); text != "" && strings.Contains(e.Error()+e.Hint(), text) {
				t.Errorf("the credentials are in %q, %q", e.Error(), e.Hint())
			}
		})
	}
}

// TestKeysFromElsewhere: the hint names where they are from.
func TestKeysFromElsewhere(t *testing.T) {
	err := ask(t, &fake{}, func(o *Options) { o.Keys = &Keys{ID: "demo", Secret: "demo-secret\n"} })
	e, ok := errors.AsType[*Error](err)
	if !ok || !strings.HasPrefix(e.Hint(), "the access key secret ends with a line break:") {
		t.Errorf("%v; hint: %s", err, e.Hint())
	}
}
