//go:build cgo

package calls_test

import (
	"context"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/live"
	"callmill/cmd/callmill-review/internal/published"
	"callmill/cmd/callmill-review/internal/query"
	"callmill/cmd/callmill-review/internal/rules/match"
	"callmill/cmd/callmill-review/internal/sample"
	"callmill/cmd/callmill-review/internal/verdicts"
	"callmill/cmd/callmill-review/internal/web/site"
	"callmill/cmd/callmill-review/internal/web/users"
	"callmill/pipeline/desk"
)

// sampled returns the calls of a sample.
func sampled(s *served, seed string, n int) []int32 {
	var all []int32
	for i := range s.night.Corpus.Calls {
		all = append(all, int32(i))
	}
	return sample.Calls(sample.Draw(s.night.Corpus, all, seed, n))
}

var bubbles = regexp.MustCompile(`(?s)<p class="bubble">(.*?)</p>`)

// bubbles returns what is said on the page of a call.
func (p page) bubbles() []string {
	var all []string
	for _, found := range bubbles.FindAllStringSubmatch(p.body, -1) {
		all = append(all, html.UnescapeString(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(found[1], "")))
	}
	return all
}

// A call shows each of its lines, the node of each of the robot's, the rules that hit,
// where it ended, and its results.
func TestCall(t *testing.T) {
	s := serve(t, world(t), nil)
	c := s.night.Corpus
	book := s.night.Hits
	some := map[string]int{}
	for i := range c.Calls {
		call := &c.Calls[i]
		if i%7 != 0 && call.LineCount < 20 {
			continue
		}
		p := s.get(s.callURL(int32(i)))
		if p.status != http.StatusOK {
			t.Fatalf("%d: %s", p.status, p.text())
		}
		var said []string
		robot, nodes := 0, 0
		for k, line := range c.Of(call) {
			said = append(said, match.Said(c, line))
			if c.Texts[line.Text].Speaker == corpus.Robot {
				robot++
			}
			if s.night.Graph.LineNode[int(call.FirstLine)+k] >= 0 {
				nodes++
			}
		}
		if !slices.Equal(p.bubbles(), said) {
			t.Errorf("call %d says\n%q, want\n%q", i, p.bubbles(), said)
		}
		if got := len(p.links("/node?")); got != nodes {
			t.Errorf("call %d: %d links to nodes, want %d", i, got, nodes)
		}
		if ended := strings.Count(p.body, "结束于此"); ended != min(robot, 1) {
			t.Errorf("call %d: ended in %d places", i, ended)
		}
		for k := range book.Rules {
			name := book.Rules[k].Rule.Name
			if shown := len(p.links("rule="+name+"&")) > 0; shown != book.Rules[k].Hit(int32(i)) {
				t.Errorf("call %d: rule %s is shown: %v", i, name, shown)
			} else if shown {
				some["rules"]++
			}
		}
		for _, code := range call.Results {
			if !strings.Contains(p.text(), c.Results.String(code)) {
				t.Errorf("call %d: no result %s", i, c.Results.String(code))
			}
			some["results"]++
		}
		some["nodes"] += nodes
	}
	if some["rules"] == 0 || some["results"] == 0 || some["nodes"] == 0 {
		t.Errorf("not a test: %v", some)
	}
}

// A call shows the attempts of its job, also those that were not dialled, which open too.
func TestAttempts(t *testing.T) {
	dir := world(t)
	s := serve(t, dir, nil)
	c := s.night.Corpus
	notDialled := false
	for i := range c.Calls {
		call := &c.Calls[i]
		if call.Attempt != 1 {
			continue
		}
		attempts, err := s.night.DB.Attempts(t.Context(), call.Job, "")
		if err != nil {
			t.Fatal(err)
		}
		p := s.get(s.callURL(int32(i)))
		shown := 0
		for _, link := range p.links("job=" + url.QueryEscape(call.Job)) {
			if !strings.HasPrefix(link, "/call?") || strings.Contains(link, "lang=") || p.rel("next") == link || p.rel("prev") == link {
				continue
			}
			shown++
			if other := s.get(link); other.status != http.StatusOK {
				t.Errorf("%s: %d %s", link, other.status, other.text())
			} else if strings.Contains(other.body, "没有拨出") {
				notDialled = true
			}
		}
		if shown < len(attempts)-1 {
			t.Errorf("call %d shows %d other attempts of %d", i, shown, len(attempts)-1)
		}
		if notDialled && i > 60 {
			return
		}
	}
	if !notDialled {
		t.Error("no attempt that was not dialled: not a test")
	}
}

// What a list is about is marked in a call.
func TestMarked(t *testing.T) {
	s := serve(t, world(t), nil)
	at := s.callURL(s.answered())
	said := s.get(at).bubbles()
	word := string([]rune(said[len(said)-1])[:2])
	for name, target := range map[string]string{
		"what was searched for": at + "&" + url.Values{"q": {word}}.Encode(),
		"an expression":         at + "&" + url.Values{"q": {regexp.QuoteMeta(word)}, "regex": {"1"}}.Encode(),
	} {
		if p := s.get(target); !strings.Contains(p.body, "<mark>"+html.EscapeString(word)+"</mark>") || !slices.Equal(p.bubbles(), said) {
			t.Errorf("%s: %s is not marked in %q", name, word, p.bubbles())
		}
	}
	if p := s.get(at); strings.Contains(p.body, "<mark>") {
		t.Error("something is marked that nothing is about")
	}
}

// Who somebody is, exporters alone see, unless all is masked.
func TestPerson(t *testing.T) {
	dir := world(t)
	plain := serve(t, dir, nil)
	i := plain.answered()
	ref := plain.night.Corpus.Ref(i)
	table, err := plain.night.DB.Particulars(t.Context(), ref.JobDate)
	if err != nil {
		t.Fatal(err)
	}
	own := table.Of(ref.Instance, ref.Job)[0]
	if own.Name == "" || len(own.Phone) < 11 {
		t.Fatalf("%q %q: not a test", own.Name, own.Phone)
	}
	hidden := own.Phone[:3] + "****" + own.Phone[7:]
	for name, tt := range map[string]struct {
		role users.Role
		mask bool
		open bool
	}{
		"viewer": {users.Viewer, false, false}, "reviewer": {users.Reviewer, false, false}, "exporter": {users.Exporter, false, true},
		"exporter, masked": {users.Exporter, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, dir, func(o *site.Options, lo *live.Options) {
				o.Mask, lo.Mask = tt.mask, tt.mask
				o.Who = func(*http.Request) (string, users.Role, bool) { return "wang", tt.role, true }
			})
			heading := regexp.MustCompile(`(?s)<h1>.*?</h1>`).FindString(s.get(s.callURL(i)).body)
			if open := strings.Contains(heading, own.Name) && strings.Contains(heading, own.Phone); open != tt.open {
				t.Errorf("the heading is %s", heading)
			}
			if !tt.open && strings.Contains(heading, hidden) == tt.mask {
				t.Errorf("the heading is %s, with --mask %v", heading, tt.mask)
			}
		})
	}
}

// The forms for verdicts are on the page, filled in with what was said before, and the
// keys are those of the hit that the list is about.
func TestVerdicts(t *testing.T) {
	book := (*verdicts.Book)(nil)
	s := serve(t, world(t), func(o *site.Options, _ *live.Options) {
		var err error
		if book, err = verdicts.Open(o.Desk); err != nil {
			t.Fatal(err)
		}
		o.Verdicts = book
	})
	hit := s.night.Hits.Rules[slices.IndexFunc(s.night.Hits.Rules, func(r match.RuleHits) bool { return len(r.Hits) > 0 })]
	call := hit.Hits[0].Call
	ref := s.night.Corpus.Ref(call)
	review := desk.Review{
		At: "2026-01-24T00:00:00.000Z", By: "li", About: desk.AboutCall, Verdict: desk.Wrong, Note: "<b>说错了</b>",
		Call: &desk.Call{InstanceID: ref.Instance, JobID: ref.Job, TaskID: ref.Task},
	}
	if err := book.Add(&review); err != nil {
		t.Fatal(err)
	}
	p := s.get(s.callURL(call))
	if strings.Count(p.body, `action="/review"`) < 2 || !strings.Contains(p.body, html.EscapeString(review.Note)) || strings.Contains(p.body, review.Note) {
		t.Errorf("forms: %d, note: %v", strings.Count(p.body, `action="/review"`), strings.Contains(p.body, html.EscapeString(review.Note)))
	}
	form := regexp.MustCompile(`(?s)<form.*?</form>`)
	keyed := func(p page) (about []string) {
		for _, f := range form.FindAllString(p.body, -1) {
			if strings.Contains(f, `data-key="1"`) {
				about = append(about, regexp.MustCompile(`name="about" value="(\w+)"`).FindStringSubmatch(f)[1])
			}
		}
		return about
	}
	if got := keyed(p); !slices.Equal(got, []string{desk.AboutCall}) {
		t.Errorf("keys are of %v, want the call", got)
	}
	if got := keyed(s.get(s.callURL(call) + "&rule=" + hit.Rule.Name)); !slices.Equal(got, []string{desk.AboutHit}) {
		t.Errorf("keys are of %v, want the hit", got)
	}
}

// Which call was opened is in the access log, and nothing that was said.
func TestCallLogged(t *testing.T) {
	s := serve(t, world(t), nil)
	ref := s.night.Corpus.Ref(s.answered())
	s.get(s.callURL(s.answered()))
	var opened []*desk.Call
	for access, err := range s.desk.Accesses() {
		if err != nil {
			t.Fatal(err)
		}
		opened = append(opened, access.Call)
	}
	if len(opened) != 1 || opened[0] == nil || opened[0].TaskID != ref.Task || opened[0].JobID != ref.Job || opened[0].InstanceID != ref.Instance {
		t.Errorf("opened %+v, want %+v", opened, ref)
	}
}

// A call that is not there, for it never was or somebody was erased, is a page that says
// so and does not tell which.
func TestUnknownCall(t *testing.T) {
	dir := published.Copy(t, world(t))
	before := serve(t, dir, nil)
	ref := before.night.Corpus.Ref(before.answered())
	at := before.callURL(before.answered())
	said := before.get(at).bubbles()
	worlds.Run(t, "forget", dir, "--job", ref.Job)

	s := serve(t, dir, nil)
	erased := s.get(at)
	other := *mustURL(t, at)
	q := other.Query()
	q.Set("job", "2d7c3e31-0000-4000-8000-000000000000")
	q.Set("task", "2d7c3e31-0000-4000-8000-000000000001")
	other.RawQuery = q.Encode()
	never := s.get(other.String())
	for name, p := range map[string]page{"erased": erased, "never there": never} {
		if p.status != http.StatusNotFound || !strings.Contains(p.text(), "没有这一通") {
			t.Errorf("%s: %d %s", name, p.status, p.text())
		}
		for _, line := range said {
			if len([]rune(line)) > 4 && strings.Contains(p.text(), line) {
				t.Errorf("%s: says %s", name, line)
			}
		}
	}
	if erased.text() != never.text() {
		t.Errorf("they differ:\n%s\n%s", erased.text(), never.text())
	}
	for _, target := range []string{"/call", "/call?job=", "/call?job=x&job_date=yesterday", "/call?task=x"} {
		if p := s.get(target); p.status != http.StatusBadRequest {
			t.Errorf("%s: %d", target, p.status)
		}
	}
}

func mustURL(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// A call of a day that is not in memory is read from the database, masked where all is.
func TestOlderCall(t *testing.T) {
	dir := world(t)
	all := serve(t, dir, nil)
	for _, mask := range []bool{false, true} {
		s := serve(t, dir, func(o *site.Options, lo *live.Options) { lo.Memory, o.Mask, lo.Mask = 1, mask, mask })
		if s.night.From == 0 {
			t.Fatal("all days are in memory: not a test")
		}
		some := 0
		for i := range all.night.Corpus.Calls {
			call := &all.night.Corpus.Calls[i]
			if call.Day >= s.night.From || call.LineCount < 10 {
				continue
			}
			p := s.get(all.callURL(int32(i)))
			if p.status != http.StatusOK {
				t.Fatalf("%d: %s", p.status, p.text())
			}
			ref := all.night.Corpus.Ref(int32(i))
			lines, err := s.night.DB.Transcript(t.Context(), query.Key{Instance: ref.Instance, Job: ref.Job, Task: ref.Task})
			if err != nil {
				t.Fatal(err)
			}
			var said []string
			for _, l := range lines {
				said = append(said, l.Script)
			}
			if same := slices.Equal(p.bubbles(), said); !mask && !same || len(p.bubbles()) != len(said) {
				t.Errorf("call %d says\n%q, want\n%q", i, p.bubbles(), said)
			}
			if mask && strings.Contains(strings.Join(p.bubbles(), ""), "[") {
				some++
			}
			if !mask {
				some++
			}
			// Without the day of its job it is found, too.
			u := mustURL(t, all.callURL(int32(i)))
			q := u.Query()
			q.Del("job_date")
			u.RawQuery = q.Encode()
			if again := s.get(u.String()); !slices.Equal(again.bubbles(), p.bubbles()) {
				t.Errorf("call %d without a day: %d %q", i, again.status, again.bubbles())
			}
		}
		if some == 0 {
			t.Errorf("mask %v: not a test", mask)
		}
	}
}

// Every template is executed in both languages, by everybody.
func TestPages(t *testing.T) {
	for _, role := range []users.Role{users.Viewer, users.Exporter} {
		s := serve(t, world(t), func(o *site.Options, _ *live.Options) {
			o.Who = func(*http.Request) (string, users.Role, bool) { return "wang", role, true }
		})
		for _, target := range []string{"/calls", "/calls?f=script%3Dnone", s.callURL(s.answered()), s.callURL(0), "/search", "/search?q=", "/search?q=" + url.QueryEscape("您好"), "/search?q=nothing", "/search?q=(&regex=1", "/search?q=13800000000"} {
			for _, lang := range []string{"zh", "en"} {
				r := httptest.NewRequest(http.MethodGet, target, nil)
				r.AddCookie(&http.Cookie{Name: "lang", Value: lang})
				p := s.do(r)
				if p.status == http.StatusAccepted {
					s.get(target)
					p = s.do(r)
				}
				if p.status != http.StatusOK || !strings.Contains(p.body, "</html>") || len(p.body) > 150<<10 {
					t.Errorf("%s in %s: %d, %d bytes: %.300s", target, lang, p.status, len(p.body), p.text())
				}
				if strings.Contains(p.body, "style=") || strings.Contains(p.body, "onclick") || strings.Contains(p.body, "ZgotmplZ") {
					t.Errorf("%s in %s has something inline", target, lang)
				}
			}
		}
		if log := s.log.String(); log != "" {
			t.Errorf("logged: %s", log)
		}
	}
}

// Viewers do not see the numbers that somebody said either, where lines are shown.
func TestNumbersThatWereSaid(t *testing.T) {
	dir := world(t)
	as := func(role users.Role) *served {
		return serve(t, dir, func(o *site.Options, _ *live.Options) {
			o.Who = func(*http.Request) (string, users.Role, bool) { return "wang", role, true }
		})
	}
	viewer, exporter := as(users.Viewer), as(users.Exporter)
	number := regexp.MustCompile(`[0-9]{7,}`)
	c, tried := viewer.night.Corpus, 0
	for i := range c.Calls {
		var said []string
		for _, line := range c.Of(&c.Calls[i]) {
			said = append(said, number.FindAllString(c.Texts[line.Text].Script, -1)...)
		}
		if len(said) == 0 || tried == 5 {
			continue
		}
		tried++
		for _, target := range []string{viewer.callURL(int32(i)), "/search?context=1&q=" + said[0][:3]} {
			hidden, open := viewer.get(target).body, exporter.get(target).body
			for _, n := range said {
				if strings.Contains(hidden, n) || strings.HasPrefix(target, "/call?") && !strings.Contains(open, n) {
					t.Errorf("%s: viewers see %s: %v, exporters: %v", target, n, strings.Contains(hidden, n), strings.Contains(open, n))
				}
			}
		}
	}
	if tried == 0 {
		t.Fatal("nobody says a number: not a test")
	}
}

// A snapshot that is removed while it is read, as callmill forget and rewrite --pii do:
// what is in memory is shown, and what has to be read is of the next one.
func TestCallRemoved(t *testing.T) {
	dir := published.Copy(t, world(t))
	s := serve(t, dir, func(_ *site.Options, l *live.Options) { l.Poll = 10 * time.Millisecond })
	inMemory := s.callURL(s.answered())
	toRead := mustURL(t, inMemory)
	q := toRead.Query()
	q.Del("task") // the last one of the job
	toRead.RawQuery = q.Encode()
	worlds.Run(t, "rewrite", dir, "--pii", "mask", "--yes")
	if p := s.get(inMemory); p.status != http.StatusOK || !strings.Contains(p.body, "快照刚被清理") {
		t.Errorf("%s: %d", inMemory, p.status)
	}
	impatient, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if p := s.do(httptest.NewRequest(http.MethodGet, toRead.String(), nil).WithContext(impatient)); p.status != http.StatusServiceUnavailable {
		t.Errorf("%s, while there is no other snapshot: %d", toRead, p.status)
	}
	following, end := context.WithCancel(t.Context())
	var run sync.WaitGroup
	run.Go(func() { _ = s.site.Live.Run(following) }) // until it is ended
	p := s.get(toRead.String())
	end()
	run.Wait()
	if p.status != http.StatusOK || strings.Contains(p.body, s.night.Name) {
		t.Errorf("%s, with another snapshot: %d", toRead, p.status)
	}
}
