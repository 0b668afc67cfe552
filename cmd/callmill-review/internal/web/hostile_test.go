//go:build cgo

package web_test

import (
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"callmill/cmd/callmill-review/internal/web"
)

// tricks are values that no page may take for anything but a text.
var tricks = []string{
	`"><hostile onclick=alert(1)>'`, `</script><hostile>`, `' hostile='1`, `" hostile="1`, "javascript:hostile", "{{.Hostile}}", "${hostile}",
	"'; DROP TABLE turns; --", `' OR '1'='1`, "1 UNION SELECT * FROM read_text('/etc/passwd')", "../../etc/passwd", "/etc/passwd", "%2e%2e%2f", "https://hostile.example/", "//hostile.example",
	"-1", "0", "99999999999999999999", "NaN", "1e309", "2026-13-45", "9999-12-31", "\u202e\u2066文", "\ufeff", "", " ", "(", "[", "*", "(a+)+$", "(?P<x", `\`, "script=", "script=a script=", "f=f=f", "!=", "hour=99", "contact=",
	strings.Repeat("话", 1000), "=cmd|' /C calc'!A0", "\t=1+1", "a\r\nSet-Cookie: hostile=1",
}

// hostileJobs are jobs all of whose texts are tricks.
func hostileJobs(t *testing.T) []byte {
	t.Helper()
	type object = map[string]any
	var jobs []object
	const begun = 1769212800000 // 2026-01-24 in China
	for i := range 120 {
		trick := func(n int) string { return tricks[(i+n)%len(tricks)] }
		var said []object
		for k := range 8 {
			said = append(said, object{
				"Speaker": []string{"Robot", "Contact", "Robot", "Contact", `<hostile>`}[k%5], "Script": "您好" + trick(k*i) + fmt.Sprint("，第", k, "句"),
				"Timestamp": begun + i*60000 + k*2000,
				"Summary":   []object{{"Category": trick(k), "SummaryName": trick(k + 1), "Content": trick(k + 2)}},
			})
		}
		status := []string{"SucceededFinish", "SucceededChattingAfterClient", "SucceededNoInteractTimeout", "SucceededTransferByIntent", "NoAnswer"}[i%5]
		jobs = append(jobs, object{
			"JobId": fmt.Sprint(trick(0), "-", i), "JobGroupId": trick(1), "ReferenceId": trick(2), "Status": "Succeeded", "ScenarioId": trick(i % 3),
			"Contacts": []object{{"ContactName": trick(3), "PhoneNumber": fmt.Sprint("1990000", 1000+i), "Honorific": trick(4)}},
			"Extras":   []object{{"Key": trick(5), "Value": trick(6)}},
			"Summary":  []object{{"Category": trick(7), "SummaryName": trick(8), "Content": trick(9)}},
			"Tasks": []object{{
				"TaskId": fmt.Sprint("task", i, trick(0)), "Status": status, "ActualTime": begun + i*60000, "CallId": trick(1), "ChatbotId": []string{trick(0), "one", "two"}[i%3],
				"CallingNumber": trick(2), "CalledNumber": fmt.Sprint("1990000", 1000+i), "Contact": object{"ContactName": trick(3), "PhoneNumber": fmt.Sprint("1990000", 1000+i)},
				"Conversation": said,
			}},
		})
	}
	text, err := json.Marshal(object{"Jobs": jobs})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

var (
	links    = regexp.MustCompile(`(?:href|action|src)="([^"]*)"`)
	quoted   = regexp.MustCompile(`="[^"]*"`)
	handlers = regexp.MustCompile(`<[a-zA-Z][^>]*\s(?:on[a-z]+|style)\s*=`)
	scripts  = regexp.MustCompile(`<script(?:\s[^>]*)?>[^<]`)
)

// checkPage checks a page for what a text turned into: markup, a script, a link elsewhere.
func checkPage(t *testing.T, from string, answer *http.Response, body string) {
	t.Helper()
	if answer.StatusCode >= 500 {
		t.Errorf("%s: status %d\n%.2000s", from, answer.StatusCode, body)
	}
	if slices.ContainsFunc(answer.Cookies(), func(c *http.Cookie) bool { return c.Name == "hostile" }) {
		t.Errorf("%s sets a cookie of somebody's", from)
	}
	if !strings.HasPrefix(answer.Header.Get("Content-Type"), "text/html") {
		return
	}
	for _, bad := range []string{"<hostile", `" hostile="`, `' hostile='1`, "root:x:"} {
		if at := strings.Index(body, bad); at >= 0 {
			t.Errorf("%s has %q: …%s…", from, bad, body[max(0, at-200):min(len(body), at+100)])
		}
	}
	for what, expression := range map[string]*regexp.Regexp{"a handler or a style": handlers, "a script": scripts} {
		if found := expression.FindString(quoted.ReplaceAllString(body, `=""`)); found != "" {
			t.Errorf("%s has %s: %s", from, what, found)
		}
	}
	for _, link := range links.FindAllStringSubmatch(body, -1) {
		to := html.UnescapeString(link[1])
		if u, err := url.Parse(to); err != nil || u.Host != "" || u.Scheme != "" {
			t.Errorf("%s leads to %q", from, to)
		}
	}
}

// A dataset whose every text is a trick, and addresses that are: no page breaks, shows
// markup, leads elsewhere or writes anything.
func TestHostile(t *testing.T) {
	folder := t.TempDir()
	input, dir := filepath.Join(folder, "hostile.json"), filepath.Join(folder, "data")
	if err := os.WriteFile(input, hostileJobs(t), 0o600); err != nil {
		t.Fatal(err)
	}
	worlds.Run(t, "convert", input, "--out", dir, "--instance", "hostile", "--progress", "none")
	before := sum(t, dir)
	s := serve(t, web.Options{Dir: dir, Desk: filepath.Join(folder, "desk"), Listen: "127.0.0.1:0"})
	base := strings.TrimSuffix(s.where, "/")
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	defer client.CloseIdleConnections()

	pages := []string{
		"/today", "/finding", "/handover.xlsx", "/scripts", "/node", "/unclear", "/calls", "/call", "/search", "/rules", "/rules/try", "/rule", "/sample", "/mine", "/mine/findings", "/about", "/login", "/static/", "/healthz",
	}
	// What the pages link to, a few of each kind.
	ofEach, each := 2, 1
	if testing.Short() {
		ofEach, each = 1, 7 // of the tricks
	}
	seen := map[string]int{}
	waiting := slices.Clone(pages)
	visited := 0
	for len(waiting) > 0 {
		path := waiting[0]
		waiting = waiting[1:]
		u, err := url.Parse(path)
		if err != nil {
			t.Fatal(err)
		}
		kind := u.Path + " " + strings.Join(slices.Sorted(maps.Keys(u.Query())), " ")
		if seen[kind]++; seen[kind] > ofEach {
			continue
		}
		visited++
		answer, body := settled(t, client, base+path)
		checkPage(t, path, answer, body)
		if to := answer.Header.Get("Location"); to != "" {
			waiting = append(waiting, to)
		}
		for _, link := range links.FindAllStringSubmatch(body, -1) {
			if to := html.UnescapeString(link[1]); strings.HasPrefix(to, "/") && strings.HasPrefix(answer.Header.Get("Content-Type"), "text/html") {
				waiting = append(waiting, to)
			}
		}
	}
	if visited < 30 {
		t.Errorf("%d pages: not a test", visited)
	}
	// Each parameter with each trick.
	parameters := []string{
		"f", "day", "s", "page", "sort", "format", "lang", "wording", "node", "event", "phrase", "rule", "optout", "measure", "unclear", "id", "instance", "job", "task", "job_date",
		"q", "speaker", "regex", "pause", "seed", "script", "finding", "call", "reply", "next", "b.script", "back",
	}
	for i, parameter := range parameters {
		for k := i % each; k < len(tricks); k += each {
			trick := tricks[k]
			// Not all pages with all: each pair of a page and a parameter is met by some trick.
			path := pages[(i*7+k)%len(pages)] + "?" + url.Values{parameter: {trick}}.Encode()
			answer, body := settled(t, client, base+path)
			checkPage(t, path, answer, body)
		}
	}
	// Forms with tricks in their fields.
	for _, path := range []string{"/review", "/finding", "/rules/try", "/search/number"} {
		for k := 0; k < len(tricks); k += each {
			trick := tricks[k]
			form := url.Values{}
			for i, field := range []string{"about", "verdict", "rule", "score", "note", "call", "finding", "id", "state", "to", "text", "back", "number", "instance", "job", "task", "line", "filter"} {
				form.Set(field, tricks[(k+i*k)%len(tricks)])
			}
			form.Set("back", trick)
			answer, body := get(t, client, request(t, http.MethodPost, base+path, form.Encode()))
			checkPage(t, path+" "+form.Encode(), answer, body)
			if to := answer.Header.Get("Location"); to != "" {
				if u, err := url.Parse(to); err != nil || u.Host != "" || u.Scheme != "" || strings.HasPrefix(to, "//") {
					t.Errorf("%s with %q leads to %q", path, trick, to)
				}
			}
		}
	}
	client.CloseIdleConnections()
	if err := s.stop(); err != nil {
		t.Errorf("stopped: %v", err)
	}
	if after := sum(t, dir); after != before {
		t.Error("the folder of the dataset was changed")
	}
	t.Log(visited, "pages visited")
}
