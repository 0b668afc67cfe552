package api

import (
	"net/http"
	"net/url"
	"slices"
	"testing"
)

// FuzzParameters: any query and form is read or refused, and the canonical query has
// the values that were read.
func FuzzParameters(f *testing.F) {
	f.Add("InstanceId=a&JobId.1=b&JobId.10=c&JobId.2=", "application/x-www-form-urlencoded", "PageSize=10&PageNumber=1", "")
	f.Add("PageIndex=-1&PageSize=101&ActualTimeGte=1e9&SortOrder=asc", "", "", "application/xml")
	f.Add("JobId.0=&JobId.-1=x&JobId.01=x&JobId.99999999999999999999=x", "text/plain; charset", "%zz", "text/*")
	f.Add("a=1;b=2&%zz=%&=&&+=%20", "application/x-www-form-urlencoded; charset=utf-8", "\xff=\x00", "")
	f.Fuzz(func(t *testing.T, rawQuery, contentType, body, accept string) {
		p, query, refused := readParameters(rawQuery, contentType, []byte(body))
		if refused != nil {
			if refused.status != http.StatusBadRequest {
				t.Fatalf("%+v", refused)
			}
			return
		}
		again, err := url.ParseQuery(canonicalQuery(query))
		if err != nil || sorted(again).Encode() != sorted(query).Encode() {
			t.Fatalf("%q signs as %q: %v", rawQuery, again.Encode(), err)
		}
		ids, refused := p.repeated("JobId")
		if refused == nil && len(ids) > len(p.values) {
			t.Fatalf("%d ids of %d parameters", len(ids), len(p.values))
		}
		if first, size, refused := p.page(); refused == nil && (first < 0 || size < 1 || size > MaxPageSize) {
			t.Fatalf("page of %d from %d", size, first)
		}
		for _, name := range []string{"PageIndex", "ActualTimeGte"} {
			if n, refused := p.number(name); refused == nil && n == nil && p.text(name) != "" {
				t.Fatalf("%s=%q is lost", name, p.text(name))
			}
		}
		p.list("TaskStatusStringList")
		if _, refused := wantsXML(p, http.Header{"Accept": {accept}}); refused != nil && p.text("Format") == "" {
			t.Fatalf("Accept: %q is refused", accept)
		}
	})
}

// sorted sorts the values of each name: the canonical query has no other order.
func sorted(query url.Values) url.Values {
	for _, values := range query {
		slices.Sort(values)
	}
	return query
}
