//go:build cgo

package calls

import (
	"context"
	"slices"
	"strconv"

	"callmill/cmd/callmill-review/internal/answers"
	"callmill/cmd/callmill-review/internal/sample"
	"callmill/cmd/callmill-review/internal/web/site"
	"callmill/schema"
)

// carried are the parameters that a link from one call to another keeps besides those of
// the set: how its list is sorted, or drawn, and what was searched for.
func carried(r *site.Request) []string {
	q := query(r)
	all := []string{"sort", listed(r).sortedBy(r)}
	for _, name := range []string{"seed", "n", "q", "regex"} {
		if v := q.Get(name); v != "" && len(v) <= longestText {
			all = append(all, name, v)
		}
	}
	return all
}

// place adds which of a list the call is, and the calls before and after it. The list is
// that of /calls with the same parameters, or with a seed that of /sample.
func (page *callPage) place(r *site.Request, t *told) {
	q := query(r)
	l := listed(r)
	by, seed := l.sortedBy(r), q.Get("seed")
	path, more := "/calls", []string{"sort", by}
	if seed != "" {
		path, more = "/sample", []string{"seed", seed, "n", q.Get("n")}
	}
	page.List = r.To(path, r.Among, more...)
	if t.call < 0 {
		return
	}
	at, of, call := l.walk(r, by, t.call)
	if seed != "" {
		at, of, call = drawn(r, seed, q.Get("n"), t.call)
	}
	if at < 0 {
		return
	}
	to := func(place int) string {
		if place < 0 || place >= of {
			return ""
		}
		return r.Call(l.c.Ref(call(place)), r.Among, carried(r)...)
	}
	page.Place, page.Of = at+1, of
	page.Previous, page.Next = to(at-1), to(at+1)
	if n := at/perPage + 1; n > 1 && seed == "" {
		page.List = r.To(path, r.Among, append(more, "page", strconv.Itoa(n))...)
	}
}

// walk returns the place of a call in the list as it is sorted, less than 0 where it is
// not in it, how long the list is, and which call is at a place.
func (l *list) walk(r *site.Request, by string, call int32) (at, of int, callAt func(place int) int32) {
	row, ok := l.row(call)
	if !ok {
		return -1, 0, nil
	}
	order := l.order(r, by)
	if order == nil {
		return row, l.len(), l.at
	}
	return slices.Index(order, int32(row)), l.len(), func(place int) int32 { return l.at(int(order[place])) }
}

// drawn does so for a sample, as package reviewing lists it.
func drawn(r *site.Request, seed, size string, call int32) (at, of int, callAt func(place int) int32) {
	n, err := strconv.Atoi(size)
	if err != nil {
		n = 5
	}
	n = min(max(n, 1), 50)
	calls, err := answers.As[[]int32](r.Ask(false, "walk of sample "+strconv.Itoa(n)+" "+seed, func(context.Context, func(int, int, schema.Text)) (any, error) {
		return sample.Calls(sample.Draw(r.Night.Corpus, r.Selected(), seed, n)), nil
	}))
	if err != nil {
		return -1, 0, nil
	}
	return slices.Index(calls, call), len(calls), func(place int) int32 { return calls[place] }
}
