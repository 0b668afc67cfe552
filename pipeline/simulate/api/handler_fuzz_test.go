package api_test

import (
	"encoding/json"
	"encoding/xml"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"testing"

	"callmill/pipeline/simulate"
	"callmill/pipeline/simulate/api"
)

// FuzzHandler: a signed request is answered or refused, in valid JSON or XML, never
// with a server error.
func FuzzHandler(f *testing.F) {
	actions := []string{"ListJobs", "SearchTask", "ListJobGroups", "ListJobsByGroup"}
	w := newWorld(f, simulate.Options{People: 40})
	h, err := api.New(w, api.Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(uint8(0), "JobId.1="+w.JobID(0)+"&JobId.2=x", false)
	f.Add(uint8(1), "PageIndex=16777216&PageSize=100&SortOrder=asc&ActualTimeGte=-9223372036854775808&ActualTimeLte=9223372036854775807", true)
	f.Add(uint8(1), "TaskCreateTimeGte=0&TaskCreateTimeLte=1&CallDurationGte=1&JobStatusStringList=,,Failed,", false)
	f.Add(uint8(2), "PageNumber=16777216&PageSize=100&SearchText=%ff%00<&AsyncQuery=FALSE&Format=xml", true)
	f.Add(uint8(3), "JobGroupId="+w.Groups()[0].ID+"&PageNumber=2&PageSize=1", false)
	f.Fuzz(func(t *testing.T, action uint8, query string, form bool) {
		parameters, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		parameters.Set("InstanceId", "an-instance")
		for _, values := range parameters {
			slices.Sort(values) // as they are signed
		}
		c := client{url: "http://localhost", keyID: api.AccessKeyID, secret: api.AccessKeySecret, form: form}
		answer := httptest.NewRecorder()
		h.ServeHTTP(answer, c.request(actions[int(action)%len(actions)], parameters))
		body := answer.Body.Bytes()
		switch answer.Code {
		case http.StatusOK, http.StatusBadRequest, http.StatusNotFound:
		default:
			t.Fatalf("%d: %s", answer.Code, body)
		}
		var said struct{ Code, RequestID string }
		if answer.Header().Get("Content-Type") == "text/xml;charset=utf-8" {
			var said struct{ Code, RequestId string }
			if err := xml.Unmarshal(body, &said); err != nil || said.Code == "" || said.RequestId == "" {
				t.Fatalf("%v: %s", err, body)
			}
		} else if err := json.Unmarshal(body, &said); err != nil || said.Code == "" || said.RequestID == "" {
			t.Fatalf("%v: %s", err, body)
		}
		if said.Code == "SignatureDoesNotMatch" {
			t.Fatalf("%s: %s", query, body)
		}
	})
}
