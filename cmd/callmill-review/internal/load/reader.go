package main

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// reader is one person at a browser.
type reader struct {
	options *options
	random  *rand.Rand
	client  *http.Client
	counted *tally
	links   map[string][]string // seen, by kind of page
}

func newReader(o *options, number uint64, counted *tally) *reader {
	// Redirects are followed; a connection is kept, as browsers do.
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 2}, Timeout: 2 * time.Minute}
	return &reader{options: o, random: rand.New(rand.NewPCG(o.seed, number)), client: client, counted: counted, links: map[string][]string{}}
}

// kinds are what is opened, and how often of a hundred times.
var kinds = []struct {
	name  string
	often int
}{
	{"today", 10}, {"finding", 6}, {"scripts", 8}, {"node", 14}, {"unclear", 5}, {"calls", 16}, {"call", 20},
	{"search", 9}, {"rules", 3}, {"rule", 3}, {"sample", 2}, {"mine", 2}, {"new filter", 2},
}

// ofSomething are the kinds that are about something that a link names.
var ofSomething = map[string]bool{"finding": true, "node": true, "call": true, "rule": true}

// words are what is searched for.
var words = []string{"投诉", "改期", "骗子", "多少钱", "人工", "没时间", "不需要", "您好", "再打", "打错了", "怎么还", "法务", "地址", "谁啊", "优惠"}

// read opens pages until ctx ends.
func (r *reader) read(ctx context.Context) {
	defer r.client.CloseIdleConnections()
	for n := 0; ctx.Err() == nil && (r.options.requests == 0 || n < r.options.requests); n++ {
		kind := r.kind()
		address := r.address(kind)
		r.open(ctx, kind, address)
		r.pause(ctx, time.Duration((0.5+r.random.Float64())*float64(r.options.think)))
	}
}

func (r *reader) pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// kind draws a kind of page. Where no page had a link to one yet, another is drawn.
func (r *reader) kind() string {
	for {
		at := r.random.IntN(100)
		for _, k := range kinds {
			if at -= k.often; at >= 0 {
				continue
			}
			if ofSomething[k.name] && len(r.links[k.name]) == 0 {
				break
			}
			return k.name
		}
	}
}

// address returns the path of a page of a kind: that of a link, or one that is typed.
func (r *reader) address(kind string) string {
	links := r.links[kind]
	switch {
	case kind == "search":
		v := url.Values{"q": {words[r.random.IntN(len(words))]}}
		if r.random.IntN(3) == 0 {
			v.Set("speaker", "contact")
		}
		return "/search?" + v.Encode()
	case kind == "new filter":
		from := r.random.IntN(12)
		f := fmt.Sprintf("hour=%d-%d attempt=1-%d", from, from+3+r.random.IntN(9), 1+r.random.IntN(8))
		return "/today?" + url.Values{"f": {f}}.Encode()
	case len(links) > 0 && r.random.IntN(4) > 0:
		return links[r.random.IntN(len(links))]
	case kind == "calls":
		v := url.Values{"page": {strconv.Itoa(1 + r.random.IntN(20))}}
		return "/calls?" + v.Encode()
	case len(links) > 0:
		return links[len(links)-1]
	}
	return "/" + kind
}

// open opens a page, and again as long as it says that the answer is being computed.
func (r *reader) open(ctx context.Context, kind, address string) {
	began := time.Now()
	for waited := false; ; waited = true {
		status, wait, body, err := r.get(ctx, kind, address)
		switch {
		case ctx.Err() != nil && err != nil:
			return // not its fault
		case err != nil || status >= 400:
			return
		case status != http.StatusAccepted:
			if waited {
				r.counted.add(kind+", until it is there", time.Since(began), len(body), "")
			}
			r.see(body)
			return
		}
		r.pause(ctx, wait)
		if ctx.Err() != nil {
			return
		}
	}
}

// get gets a page and counts it.
func (r *reader) get(ctx context.Context, kind, address string) (status int, wait time.Duration, body []byte, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.options.url+address, nil)
	if err != nil {
		r.counted.add(kind, 0, 0, err.Error())
		return 0, 0, nil, err
	}
	began := time.Now()
	answer, err := r.client.Do(request)
	if err == nil {
		status = answer.StatusCode
		body, err = io.ReadAll(answer.Body)
		answer.Body.Close()
	}
	took := time.Since(began)
	if ctx.Err() != nil {
		return status, 0, nil, ctx.Err()
	}
	failure := ""
	switch {
	case err != nil:
		failure = fmt.Sprintf("%s: %v", address, err)
	case status == http.StatusNotFound && r.options.publish != "" && ofSomething[kind]:
		kind = "gone with its snapshot" // as the page says
	case status >= 400:
		failure = fmt.Sprintf("%s: %d", address, status)
	case !bytes.Contains(body, []byte("</html>")):
		failure = address + ": the page is not whole"
	}
	if status == http.StatusAccepted {
		kind = "waiting"
		seconds, _, _ := strings.Cut(answer.Header.Get("Refresh"), ";")
		n, _ := strconv.Atoi(seconds)
		wait = time.Duration(max(n, 1)) * time.Second
	}
	r.counted.add(kind, took, len(body), failure)
	return status, wait, body, err
}

var link = regexp.MustCompile(`href="(/[^"]*)"`)

// kept is how many links of a kind a reader remembers.
const kept = 300

// see remembers the links of a page.
func (r *reader) see(body []byte) {
	for _, found := range link.FindAllSubmatch(body, -1) {
		address, _, _ := strings.Cut(html.UnescapeString(string(found[1])), "#")
		u, err := url.Parse(address)
		if err != nil {
			continue
		}
		kind := strings.TrimPrefix(u.Path, "/")
		if !wanted(kind) || u.Query().Has("format") || u.Query().Has("lang") {
			continue // exports and the switch of the language
		}
		if links := r.links[kind]; len(links) < kept {
			r.links[kind] = append(links, address)
		} else {
			links[r.random.IntN(kept)] = address
		}
	}
}

func wanted(kind string) bool {
	for _, k := range kinds {
		if k.name == kind {
			return true
		}
	}
	return false
}
