package check_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"callmill/pipeline/outboundbot/check"
	"callmill/pipeline/outboundbot/client"
	"callmill/pipeline/outboundbot/internal/apitest"
	"callmill/schema"
)

// fake is an API without calls. mess, where set, sees every request first and
// reports whether it has answered it.
type fake struct {
	mess func(w http.ResponseWriter, r *http.Request, action string) bool
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Date", time.Now().UTC().Format(http.TimeFormat))
	action, none := r.Header.Get("x-acs-action"), map[string]any{"List": []any{}, "TotalCount": 0}
	switch {
	case !apitest.Signed(r):
		apitest.Refuse(w, 400, "SignatureDoesNotMatch", "not signed")
	case f.mess != nil && f.mess(w, r, action):
	case action == schema.ActionSearchTask:
		apitest.Reply(w, 200, map[string]any{"Success": true, "SearchTaskInfoList": []any{}, "Total": 0})
	case action == schema.ActionListJobGroups:
		apitest.Reply(w, 200, map[string]any{"Success": true, "JobGroups": none})
	case action == schema.ActionListJobsByGroup:
		apitest.Reply(w, 200, map[string]any{"Success": true, "Jobs": none})
	default:
		apitest.Reply(w, 200, map[string]any{"Success": true, "Jobs": []any{}})
	}
}

func TestCheck(t *testing.T) {
	refuseAll := func(status int, code string) func(http.ResponseWriter, *http.Request, string) bool {
		return func(w http.ResponseWriter, _ *http.Request, _ string) bool {
			apitest.Refuse(w, status, code, "no")
			return true
		}
	}
	tests := []struct {
		name string
		mess func(http.ResponseWriter, *http.Request, string) bool
		want []string // "-" before what is wrong; then a word of the hint
	}{
		{"all is well", nil, []string{"credentials", "SearchTask on instance i", "ListJobGroups on instance i", "ListJobsByGroup on instance i", "ListJobs on instance i", "clock", "quota"}},
		{"a wrong secret", refuseAll(400, "SignatureDoesNotMatch"), []string{"credentials", "-SearchTask on instance i: SECRET", "clock"}},
		{"an unknown instance", refuseAll(404, "NotExist.Instance"), []string{"credentials", "-SearchTask on instance i: --instance", "clock"}},
		{"one action is not allowed", func(w http.ResponseWriter, _ *http.Request, action string) bool {
			if action == "ListJobs" {
				apitest.Refuse(w, 403, "NoPermission", "no")
			}
			return action == "ListJobs"
		}, []string{"credentials", "SearchTask on instance i", "ListJobGroups on instance i", "ListJobsByGroup on instance i", "-ListJobs on instance i: outboundbot:ListJobs", "clock"}},
		{"no campaign", func(w http.ResponseWriter, _ *http.Request, action string) bool {
			if action == "ListJobsByGroup" {
				apitest.Refuse(w, 404, "NotExist.JobGroup", "no")
			}
			return action == "ListJobsByGroup"
		}, []string{"credentials", "SearchTask on instance i", "ListJobGroups on instance i", "ListJobsByGroup on instance i", "ListJobs on instance i", "clock", "quota"}},
		{"nobody there", func(http.ResponseWriter, *http.Request, string) bool { panic(http.ErrAbortHandler) },
			[]string{"credentials", "-SearchTask on instance i: --endpoint"}},
		{"a clock an hour behind", func(w http.ResponseWriter, _ *http.Request, _ string) bool {
			w.Header().Set("Date", time.Now().Add(time.Hour).UTC().Format(http.TimeFormat))
			return false
		}, []string{"credentials", "SearchTask on instance i", "ListJobGroups on instance i", "ListJobsByGroup on instance i", "ListJobs on instance i", "-clock: NTP"}},
		{"a small quota", func() func(http.ResponseWriter, *http.Request, string) bool {
			n := 0
			return func(w http.ResponseWriter, _ *http.Request, _ string) bool {
				if n++; n > 8 {
					apitest.Refuse(w, 400, "Throttling.User", "")
				}
				return n > 8
			}
		}(), []string{"credentials", "SearchTask on instance i", "ListJobGroups on instance i", "ListJobsByGroup on instance i", "ListJobs on instance i", "clock", "-quota: --qps"}},
	}
	for _, tt := range tests {
		synctest.Test(t, func(t *testing.T) {
			c, err := client.New(client.Options{
				Keys: &client.Keys{ID: apitest.ID, Secret: apitest.Secret}, QPS: 10, Parallel: 1, Seed: 1, Transport: apitest.Direct{Handler: &fake{tt.mess}},
				Backoff: time.Millisecond, BackoffCap: 10 * time.Millisecond,
			})
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			findings, err := check.Instances(t.Context(), c, []string{"i"})
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
