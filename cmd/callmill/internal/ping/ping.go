// Package ping tells a monitor that a run began and how it ended, in the manner of
// healthchecks.io: POST URL/start at the beginning, URL after success, URL/<exit
// code> after anything else, with what was said as the body. The monitor raises the
// alarm where a ping does not come.
//
// A ping that cannot be delivered changes nothing about the run. The URL is a
// secret: it is in no message.
package ping

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Monitor is where a run is told of. nil tells nothing.
type Monitor struct {
	url    *url.URL
	client *http.Client
	o      Options
}

// Options are how a monitor is told. The zero value is useful.
type Options struct {
	Program string        // the User-Agent
	Timeout time.Duration // of one try; 0: 5 s
	Pause   time.Duration // between the two tries; 0: 1 s
}

// ErrURL means that a text is no URL of a monitor. It does not quote it.
var ErrURL = errors.New("want a URL such as https://hc-ping.com/<uuid>, http or https")

// New returns the monitor with a URL, whose query is kept; nil for "".
func New(text string, o Options) (*Monitor, error) {
	if text == "" {
		return nil, nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.Fragment != "" {
		return nil, ErrURL
	}
	if o.Timeout == 0 {
		o.Timeout = 5 * time.Second
	}
	if o.Pause == 0 {
		o.Pause = time.Second
	}
	// A redirect is not followed: it would carry the URL elsewhere, as the referrer.
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DisableKeepAlives = true // the next ping is hours away
	return &Monitor{url: u, o: o, client: &http.Client{Transport: transport, CheckRedirect: stay, Timeout: o.Timeout}}, nil
}

// Start tells that a run began.
func (m *Monitor) Start(ctx context.Context) error {
	if m == nil {
		return nil
	}
	return m.tell(ctx, m.url.JoinPath("start"), "")
}

// mostSaid is how much of a body monitors keep, in bytes.
const mostSaid = 10_000

// End tells that a run ended with an exit code, and what it said. ctx may be done:
// a run that was stopped is told of, too.
func (m *Monitor) End(ctx context.Context, exitCode int, said string) error {
	if m == nil {
		return nil
	}
	to := m.url
	if exitCode != 0 {
		to = m.url.JoinPath(strconv.Itoa(exitCode))
	}
	if len(said) > mostSaid {
		said = strings.ToValidUTF8(said[:mostSaid], "")
	}
	return m.tell(context.WithoutCancel(ctx), to, said)
}

// tell tries twice.
func (m *Monitor) tell(ctx context.Context, to *url.URL, said string) error {
	again, err := m.post(ctx, to, said)
	if again {
		select {
		case <-time.After(m.o.Pause):
			_, err = m.post(ctx, to, said)
		case <-ctx.Done():
		}
	}
	return err
}

// post makes one try, and says whether another one may pass.
func (m *Monitor) post(ctx context.Context, to *url.URL, said string) (again bool, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, to.String(), strings.NewReader(said))
	if err != nil {
		return false, m.hide(err)
	}
	request.Header.Set("Content-Type", "text/plain; charset=utf-8")
	request.Header.Set("User-Agent", m.o.Program)
	response, err := m.client.Do(request)
	if err != nil {
		return true, m.hide(err)
	}
	defer response.Body.Close()
	if response.StatusCode/100 == 2 {
		return false, nil
	}
	again = response.StatusCode >= 500 || response.StatusCode == http.StatusTooManyRequests
	return again, fmt.Errorf("it answers %d %s", response.StatusCode, http.StatusText(response.StatusCode))
}

// hide returns an error without the URL that was asked, of which path and query are
// the secret.
func (m *Monitor) hide(err error) error {
	if asked, ok := errors.AsType[*url.Error](err); ok {
		err = asked.Err
	}
	text := err.Error()
	for _, secret := range []string{m.url.String(), m.url.RequestURI(), m.url.Path, m.url.RawQuery} {
		if len(secret) > 1 {
			text = strings.ReplaceAll(text, secret, "***")
		}
	}
	return errors.New(text)
}
