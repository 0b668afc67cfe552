package discover_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"callmill/pipeline/outboundbot/client"
	"callmill/pipeline/outboundbot/discover"
	"callmill/pipeline/outboundbot/internal/apitest"
)

func TestCheck(t *testing.T) {
	refuseAll := func(status int, code string) func(http.ResponseWriter, *http.Request, fakeRequest) bool {
		return func(w http.ResponseWriter, _ *http.Request, _ fakeRequest) bool {
			apitest.Refuse(w, status, code, "no")
			return true
		}
	}
	tests := []struct {
		name string
		mess func(http.ResponseWriter, *http.Request, fakeRequest) bool
		want []string // "-" before what is wrong; then a word of the hint
	}{
		{"all is well", nil, []string{"credentials", "SearchTask on instance i", "ListJobGroups on instance i", "ListJobsByGroup on instance i", "ListJobs on instance i", "clock", "quota"}},
		{"a wrong secret", refuseAll(400, "SignatureDoesNotMatch"), []string{"credentials", "-SearchTask on instance i: SECRET", "clock"}},
		{"an unknown instance", refuseAll(404, "NotExist.Instance"), []string{"credentials", "-SearchTask on instance i: --instance", "clock"}},
		{"one action is not allowed", func(w http.ResponseWriter, _ *http.Request, seen fakeRequest) bool {
			if seen.action == "ListJobs" {
				apitest.Refuse(w, 403, "NoPermission", "no")
			}
			return seen.action == "ListJobs"
		}, []string{"credentials", "SearchTask on instance i", "ListJobGroups on instance i", "ListJobsByGroup on instance i", "-ListJobs on instance i: outboundbot:ListJobs", "clock"}},
		{"no campaign", func(w http.ResponseWriter, _ *http.Request, seen fakeRequest) bool {
			if seen.action == "ListJobsByGroup" {
				apitest.Refuse(w, 404, "NotExist.JobGroup", "no")
			}
			return seen.action == "ListJobsByGroup"
		}, []string{"credentials", "SearchTask on instance i", "ListJobGroups on instance i", "ListJobsByGroup on instance i", "ListJobs on instance i", "clock", "quota"}},
		{"nobody there", func(http.ResponseWriter, *http.Request, fakeRequest) bool { panic(http.ErrAbortHandler) },
			[]string{"credentials", "-SearchTask on instance i: --endpoint"}},
		{"a clock an hour behind", func(w http.ResponseWriter, _ *http.Request, _ fakeRequest) bool {
			w.Header().Set("Date", time.Now().Add(time.Hour).UTC().Format(http.TimeFormat))
			return false
		}, []string{"credentials", "SearchTask on instance i", "ListJobGroups on instance i", "ListJobsByGroup on instance i", "ListJobs on instance i", "-clock: NTP"}},
		{"a small quota", func() func(http.ResponseWriter, *http.Request, fakeRequest) bool {
			n := 0
			return func(w http.ResponseWriter, _ *http.Request, _ fakeRequest) bool {
				if n++; n > 8 {
					apitest.Refuse(w, 400, "Throttling.User", "")
				}
				return n > 8
			}
		}(), []string{"credentials", "SearchTask on instance i", "ListJobGroups on instance i", "ListJobsByGroup on instance i", "ListJobs on instance i", "clock", "-quota: --qps"}},
	}
	for _, tt := range tests {
		synctest.Test(t, func(t *testing.T) {
			f := newFake()
			f.mess = tt.mess
			findings, err := discover.Check(t.Context(), newClient(t, f, func(o *client.Options) { o.QPS, o.Parallel = 10, 1 }), []string{"i"})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for i, found := range findings {
				said := found.What
				if !found.OK {
					said = "-" + said
					_, hint, _ := strings.Cut(tt.want[min(i, len(tt.want)-1)], ": ")
					if hint != "" && strings.Contains(found.Hint, hint) {
						said += ": " + hint
					}
				}
				if found.Says == "" || found.OK != (found.Hint == "") {
					t.Errorf("%s: %+v", tt.name, found)
				}
				got = append(got, said)
			}
			if strings.Join(got, ", ") != strings.Join(tt.want, ", ") {
				t.Errorf("%s: found %q, want %q\n%+v", tt.name, got, tt.want, findings)
			}
		})
	}
}
