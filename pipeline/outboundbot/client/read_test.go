package client

import (
	"testing"

	"callmill/schema"
)

// Reading any response ends in an answer or a failure with a reason.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		`{"Success":true,"Jobs":[{"JobId":"a","Tasks":[{"ActualTime":1}]}]}`, `{"Jobs":{"List":"[1]"}}`, `<a><b>c</b></a>`, `<a/>`,
		`{"Success":false,"Code":"Throttling.User"}`, `[[[[[[1]]]]]]`, "", "\uFEFF", `"x"`, `{"SearchTaskInfoList":{"x":{"y":[]}}}`,
	} {
		f.Add([]byte(seed), 200)
		f.Add([]byte(seed), 500)
	}
	c, err := New(Options{Keys: &Keys{"id", "secret", ""}})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body []byte, status int) {
		a, failed := c.read(&Request{Action: schema.ActionListJobs, JobIDs: []string{"a"}}, &received{status: status, body: body})
		if (a == nil) == (failed == nil) {
			t.Fatalf("%v and %v", a, failed)
		}
		if failed != nil && failed.Cause.Reason == "" {
			t.Error("no reason")
		}
	})
}
