//go:build cgo

package calls_test

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/live"
	"callmill/cmd/callmill-review/internal/rules/match"
	"callmill/cmd/callmill-review/internal/web/site"
	"callmill/cmd/callmill-review/internal/web/users"
)

// records returns the rows of a CSV file by the names of its columns.
func (p page) records(t *testing.T) []map[string]string {
	t.Helper()
	if p.status != http.StatusOK || !strings.HasPrefix(p.header.Get("Content-Type"), "text/csv") {
		t.Fatalf("%d %s: %.200s", p.status, p.header.Get("Content-Type"), p.text())
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(p.body, "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var all []map[string]string
	for _, row := range rows[1:] {
		record := map[string]string{}
		for i, name := range rows[0] {
			record[name] = row[i]
		}
		all = append(all, record)
	}
	return all
}

// The list has every call, the latest first, fifty on a page; its CSV has them all.
func TestList(t *testing.T) {
	s := serve(t, world(t), nil)
	c := s.night.Corpus
	rows := s.get("/calls?format=csv").records(t)
	if len(rows) != len(c.Calls) {
		t.Fatalf("%d rows, want %d", len(rows), len(c.Calls))
	}
	opened := 0
	for number := 1; ; number++ {
		p := s.get("/calls?page=" + strconv.Itoa(number))
		for _, link := range slices.Compact(p.links("/call?")) {
			u, err := url.Parse(link)
			if err != nil {
				t.Fatal(err)
			}
			if q := u.Query(); q.Get("task") != rows[opened]["task_id"] || q.Get("job") != rows[opened]["job_id"] || q.Get("job_date") != rows[opened]["job_date"] {
				t.Fatalf("row %d opens %s, want %v", opened, link, rows[opened])
			}
			opened++
		}
		if !strings.Contains(p.body, `rel="next"`) {
			break
		}
	}
	if opened != len(rows) {
		t.Errorf("%d rows on pages, want %d", opened, len(rows))
	}
	for i := 1; i < len(rows); i++ {
		if rows[i]["time"] > rows[i-1]["time"] {
			t.Fatalf("row %d, of %s, comes after one of %s", i, rows[i]["time"], rows[i-1]["time"])
		}
	}
}

// Sorted by a column, up or down, the list has the same rows in the order of the column.
func TestSort(t *testing.T) {
	s := serve(t, world(t), nil)
	number := func(text string) int {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	byText := func(a, b string) int { return strings.Compare(a, b) }
	byNumber := func(a, b string) int { return number(a) - number(b) }
	for column, compare := range map[string]func(a, b string) int{
		"time": byText, "campaign": byText, "script": byText, "version": byText, "number": byText, "outcome": byText, "attempt": byNumber, "lines": byNumber,
	} {
		for _, by := range []string{column, "-" + column} {
			var values []string
			for _, row := range s.get("/calls?format=csv&sort=" + by).records(t) {
				values = append(values, strings.TrimPrefix(row[column], "'"))
			}
			ordered := slices.IsSortedFunc(values, func(a, b string) int {
				if by != column {
					a, b = b, a
				}
				return compare(a, b)
			})
			if len(values) != len(s.night.Corpus.Calls) || !ordered {
				t.Errorf("by %s: %d rows, in order: %v", by, len(values), ordered)
			}
		}
	}
}

// Whoever opens a call of a list walks through all of it, forth and back, however it is
// sorted or drawn.
func TestWalk(t *testing.T) {
	s := serve(t, world(t), nil)
	often := s.night.Hits.Rules[slices.IndexFunc(s.night.Hits.Rules, func(r match.RuleHits) bool { return len(r.Hits) > 1 })].Rule.Name
	for name, query := range map[string]url.Values{
		"as it is":   {"f": {"is=answered"}},
		"by lines":   {"f": {"is=answered"}, "sort": {"-lines"}},
		"a sample":   {"seed": {"20260124"}, "n": {"2"}},
		"by a rule":  {"rule": {often}},
		"of no list": {"f": {"is=answered"}, "sort": {"nonsense"}},
	} {
		t.Run(name, func(t *testing.T) {
			want := s.walkOf(t, query)
			if len(want) < 2 {
				t.Fatalf("%d calls: not a test", len(want))
			}
			at := want[0]
			for key := range query {
				at += "&" + url.Values{key: query[key]}.Encode()
			}
			var visited []string
			for at != "" && len(visited) <= len(want) {
				p := s.get(at)
				if p.status != http.StatusOK {
					t.Fatalf("%s: %d %s", at, p.status, p.text())
				}
				visited = append(visited, callOf(t, at))
				at = p.rel("next")
				if len(visited) == 2 && callOf(t, p.rel("prev")) != visited[0] {
					t.Errorf("back from the second call: %s", p.rel("prev"))
				}
			}
			var calls []string
			for _, link := range want {
				calls = append(calls, callOf(t, link))
			}
			if !slices.Equal(visited, calls) {
				t.Errorf("walked through %d calls, want %d:\n%q\n%q", len(visited), len(calls), visited, calls)
			}
		})
	}
}

// walkOf returns the URLs of the calls of a list, in its order.
func (s *served) walkOf(t *testing.T, query url.Values) []string {
	t.Helper()
	var all []string
	if query.Has("seed") {
		for _, call := range sampled(s, query.Get("seed"), 2) {
			all = append(all, s.callURL(call))
		}
		return all
	}
	list := url.Values{"format": {"csv"}}
	for key, values := range query {
		list[key] = values
	}
	for _, row := range s.get("/calls?" + list.Encode()).records(t) {
		all = append(all, "/call?"+url.Values{"instance": {row["instance_id"]}, "job": {row["job_id"]}, "task": {row["task_id"]}, "job_date": {row["job_date"]}}.Encode())
	}
	return all
}

// callOf returns the task of a link to a call.
func callOf(t *testing.T, link string) string {
	t.Helper()
	u, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query().Get("task")
}

// rel returns the link of a page with a relation.
func (p page) rel(rel string) string {
	for _, tag := range strings.Split(p.body, "<a ") {
		if tag, _, _ = strings.Cut(tag, ">"); strings.Contains(tag, `rel="`+rel+`"`) {
			return page{body: tag}.links("")[0]
		}
	}
	return ""
}

// Lists are taken away by exporters alone.
func TestExport(t *testing.T) {
	for _, role := range []users.Role{users.Viewer, users.Reviewer} {
		s := serve(t, world(t), func(o *site.Options, _ *live.Options) {
			o.Who = func(*http.Request) (string, users.Role, bool) { return "wang", role, true }
		})
		for _, list := range []string{"/calls?format=csv", "/search?q=" + url.QueryEscape("您好") + "&format=csv"} {
			if p := s.get(list); p.status != http.StatusForbidden || strings.Contains(p.body, "您好，") {
				t.Errorf("role %v, %s: %d", role, list, p.status)
			}
		}
		if p := s.get("/calls"); p.status != http.StatusOK || len(p.links("format=csv")) > 0 {
			t.Errorf("role %v is offered %v", role, p.links("format=csv"))
		}
	}
}

// Viewers see no number that calls were made from.
func TestCallingNumbers(t *testing.T) {
	for role, sees := range map[users.Role]bool{users.Viewer: false, users.Reviewer: true} {
		s := serve(t, world(t), func(o *site.Options, _ *live.Options) {
			o.Who = func(*http.Request) (string, users.Role, bool) { return "wang", role, true }
		})
		list := s.get("/calls")
		for _, p := range []page{list, s.get(list.links("/call?")[0]), s.get("/calls?f=" + url.QueryEscape("number="+s.night.Corpus.Numbers.String(1)))} {
			saw := false
			for code := 1; code < s.night.Corpus.Numbers.Len(); code++ {
				saw = saw || strings.Contains(p.text(), s.night.Corpus.Numbers.String(corpus.Code(code)))
			}
			if p.status != http.StatusOK || saw != sees {
				t.Errorf("role %v: %d, a number is on the page: %t\n%s", role, p.status, saw, p.text())
			}
		}
		if strings.Contains(list.body, `value="`+s.night.Corpus.Numbers.String(1)) != sees {
			t.Errorf("role %v: the filter bar offers numbers: want %t", role, sees)
		}
	}
}
