package api_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"callmill/pipeline/simulate"
	"callmill/pipeline/simulate/api"
)

// The mistakes of clients, and the vendor's codes for them.
func TestRefusals(t *testing.T) {
	w := newWorld(t, simulate.Options{People: 60})
	good, h := serve(t, w, api.Options{Instances: []string{"an-instance"}})
	denied, denying := serve(t, w, api.Options{Deny: []string{"ListJobsByGroup"}})
	ids := func(n int) url.Values {
		list := make([]string, n)
		for i := range list {
			list[i] = fmt.Sprint("id-", i)
		}
		return withIDs(list...)
	}
	one := ids(1)
	header := func(name, value string) func(*client) {
		return func(c *client) { c.change = func(r *http.Request) { r.Header.Set(name, value) } }
	}
	tests := []struct {
		name       string
		action     string
		parameters url.Values
		client     func(*client)
		status     int
		code       string
	}{
		{"another secret", "ListJobs", one, func(c *client) { c.secret = "demo-secrets" }, 400, "SignatureDoesNotMatch"},
		{"another key", "ListJobs", one, func(c *client) { c.keyID = "unknown" }, 404, "InvalidAccessKeyId.NotFound"},
		{"late", "ListJobs", one, func(c *client) { c.date = time.Now().Add(-16 * time.Minute) }, 400, "InvalidTimeStamp.Expired"},
		{"early", "ListJobs", one, func(c *client) { c.date = time.Now().Add(16 * time.Minute) }, 400, "InvalidTimeStamp.Expired"},
		{"no date", "ListJobs", one, header("x-acs-date", "yesterday"), 400, "InvalidTimeStamp.Format"},
		{"a byte of the query", "ListJobs", one, func(c *client) {
			c.change = func(r *http.Request) { r.URL.RawQuery = strings.Replace(r.URL.RawQuery, "id-0", "id-1", 1) }
		}, 400, "SignatureDoesNotMatch"},
		{"a byte of the body", "ListJobs", one, func(c *client) {
			c.form = true
			c.change = func(r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				r.Body = io.NopCloser(strings.NewReader(strings.Replace(string(body), "id-0", "id-1", 1)))
			}
		}, 400, "SignatureDoesNotMatch"},
		{"a byte of a header", "ListJobs", one, header("x-acs-signature-nonce", "another"), 400, "SignatureDoesNotMatch"},
		{"another action", "ListJobs", one, header("x-acs-action", "SearchTask"), 400, "SignatureDoesNotMatch"},
		{"another method", "ListJobs", one, func(c *client) { c.change = func(r *http.Request) { r.Method = http.MethodGet } }, 400, "SignatureDoesNotMatch"},
		{"another host", "ListJobs", one, func(c *client) { c.change = func(r *http.Request) { r.Host = "outboundbot.cn-shanghai.aliyuncs.com" } }, 400, "SignatureDoesNotMatch"},
		{"a header unsigned", "ListJobs", one, func(c *client) { c.unsigned = map[string]string{"x-acs-security-token": "any"} }, 400, "IncompleteSignature"},
		{"no authorization", "ListJobs", one, func(c *client) { c.change = func(r *http.Request) { r.Header.Del("Authorization") } }, 400, "MissingAccessKeyId"},
		{"no nonce", "ListJobs", one, func(c *client) { c.change = func(r *http.Request) { r.Header.Del("x-acs-signature-nonce") } }, 400, "MissingParameter"},
		{"half an authorization", "ListJobs", one, header("Authorization", "ACS3-HMAC-SHA256 Credential=demo"), 400, "IncompleteSignature"},
		{"another algorithm", "ListJobs", one, header("Authorization", "ACS3-HMAC-SM3 Credential=demo,SignedHeaders=host,Signature=0"), 400, "InvalidSignatureMethod"},
		{"an expired token", "ListJobs", one, func(c *client) { c.token = api.ExpiredToken }, 400, "InvalidSecurityToken.Expired"},
		{"a token of another key", "ListJobs", one, func(c *client) {
			c.header = map[string]string{"x-acs-security-token": "any", "x-acs-accesskey-id": "unknown"}
		}, 400, "InvalidSecurityToken.MismatchWithAccessKey"},

		{"no action", "", one, nil, 400, "MissingAction"},
		{"no such action", "ListJob", one, nil, 404, "InvalidAction.NotFound"},
		{"no such version", "ListJobs", one, func(c *client) { c.version = "2019-12-25" }, 400, "InvalidVersion"},
		{"method PUT", "ListJobs", one, func(c *client) { c.change = func(r *http.Request) { r.Method = http.MethodPut } }, 400, "UnsupportedHTTPMethod"},
		{"no permission", "ListJobsByGroup", with("JobGroupId", "x", "PageNumber", 1, "PageSize", 1), func(c *client) { c.url = denied.url }, 403, "Forbidden.RAM"},
		{"no instance", "ListJobs", url.Values{"JobId.1": {"x"}}, nil, 400, "MissingInstanceId"},
		{"no such instance", "ListJobs", url.Values{"InstanceId": {"another"}, "JobId.1": {"x"}}, nil, 404, "NotExist.Instance"},
		{"an unknown format", "ListJobs", with("Format", "YAML", "JobId.1", "x"), nil, 400, "InvalidParameter.Format"},

		{"no ids", "ListJobs", with(), nil, 400, "MissingJobId"},
		{"a hundred ids", "ListJobs", ids(100), nil, 400, "InvalidParameter"},
		{"id zero", "ListJobs", with("JobId.0", "x"), nil, 400, "InvalidParameter"},
		{"a page too large", "SearchTask", with("PageSize", 101), nil, 400, "InvalidParameter"},
		{"a page before the first", "SearchTask", with("PageIndex", -1), nil, 400, "InvalidParameter"},
		{"an invalid page", "SearchTask", with("PageIndex", "first"), nil, 400, "InvalidParameter"},
		{"an invalid order", "SearchTask", with("SortOrder", "up"), nil, 400, "InvalidParameter"},
		{"an invalid time", "SearchTask", with("ActualTimeGte", "2026-01-21"), nil, 400, "InvalidParameter"},
		{"page zero", "ListJobGroups", with("PageNumber", 0, "PageSize", 10), nil, 400, "InvalidParameter"},
		{"no page", "ListJobGroups", with("PageSize", 10), nil, 400, "MissingPageNumber"},
		{"no size", "ListJobGroups", with("PageNumber", 1), nil, 400, "MissingPageSize"},
		{"too many groups", "ListJobGroups", with("PageNumber", 1, "PageSize", 101), nil, 400, "InvalidParameter"},
		{"asynchronous", "ListJobGroups", with("PageNumber", 1, "PageSize", 1, "AsyncQuery", "true"), nil, 400, "InvalidParameter"},
		{"no group", "ListJobsByGroup", with("PageNumber", 1, "PageSize", 10), nil, 400, "MissingJobGroupId"},
		{"no such group", "ListJobsByGroup", with("JobGroupId", "x", "PageNumber", 1, "PageSize", 10), nil, 404, "NotExist.JobGroup"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := good
			if tt.client != nil {
				tt.client(&c)
			}
			status, body, _ := c.refused(t, tt.action, tt.parameters)
			if status != tt.status || body.Code != tt.code {
				t.Errorf("%d %s (%s), want %d %s", status, body.Code, body.Message, tt.status, tt.code)
			}
			if body.RequestID == "" || body.Message == "" || body.HostID == "" || !strings.Contains(body.Recommend, body.Code) {
				t.Errorf("the body is not complete: %+v", body)
			}
		})
	}
	got, more := h.Counts(), denying.Counts()
	if received, refused := got.Received+more.Received, got.Refused+more.Refused; received != len(tests) || refused != len(tests) {
		t.Errorf("%d received, %d refused; want %d of each", received, refused, len(tests))
	}
}

// Valid requests are answered: with a query, a form, a token, in the older style,
// with optional headers signed.
func TestWaysToAsk(t *testing.T) {
	w := newWorld(t, simulate.Options{People: 60})
	good, _ := serve(t, w, api.Options{})
	odd := with("SearchText", "a b+c*~/?&=%é中")
	odd.Set("PageNumber", "1")
	odd.Set("PageSize", "10")
	ways := map[string]func(*client){
		"query": func(*client) {},
		"form":  func(c *client) { c.form = true },
		"token": func(c *client) { c.token = "CAIS of a role" },
		"more":  func(c *client) { c.header = map[string]string{"user-agent": "test  er", "accept": "application/json"} },
		"skew":  func(c *client) { c.date = time.Now().Add(-14 * time.Minute) },
	}
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			c := good
			way(&c)
			var jobs jobsAnswer
			c.ask(t, "ListJobs", withIDs(w.JobID(0)), &jobs)
			if len(jobs.Jobs) != 1 || jobs.Jobs[0].JobID != w.JobID(0) || !jobs.Success {
				t.Errorf("%+v", jobs)
			}
			var groups groupsAnswer
			c.ask(t, "ListJobGroups", odd, &groups)
			if groups.JobGroups.TotalCount != 0 {
				t.Errorf("%+v", groups)
			}
		})
	}
}

// A replayed request is refused; one with a wrong signature does not use up its nonce.
func TestNonces(t *testing.T) {
	w := newWorld(t, simulate.Options{People: 60})
	now := time.Now()
	c, _ := serve(t, w, api.Options{Clock: func() time.Time { return now }})
	c.nonce, c.date = "the only one", now
	wrong := c
	wrong.secret = "x"
	wrong.refused(t, "ListJobs", withIDs("x"))
	c.ask(t, "ListJobs", withIDs("x"), &jobsAnswer{})
	for range 3 {
		if _, body, _ := c.refused(t, "ListJobs", withIDs("x")); body.Code != "SignatureNonceUsed" {
			t.Errorf("%+v", body)
		}
		now = now.Add(5 * time.Minute)
	}
}
