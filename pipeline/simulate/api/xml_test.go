package api_test

import (
	"encoding/xml"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"callmill/pipeline/simulate"
	"callmill/pipeline/simulate/api"
)

// Answers in XML are complete documents with a root named after the action, lists as
// repeated elements, and the content of those in JSON.
func TestXML(t *testing.T) {
	w := newWorld(t, simulate.Options{People: 120})
	c, _ := serve(t, w, api.Options{})
	group := w.Groups()[0]
	tests := []struct {
		action     string
		parameters url.Values
		want       map[string]string // texts at paths, each the first of its name
		rows       string            // path of a row
		count      int
	}{
		{"ListJobs", withIDs(w.JobID(1), w.JobID(2)), map[string]string{"Success": "true", "Jobs/JobId": w.JobID(1)}, "Jobs", 2},
		{"SearchTask", with("PageSize", 30), map[string]string{"Total": "", "SearchTaskInfoList/InstanceId": "an-instance"}, "SearchTaskInfoList", 30},
		{"ListJobGroups", with("PageNumber", 1, "PageSize", 3), map[string]string{"JobGroups/PageSize": "3"}, "JobGroups/List", 3},
		{"ListJobsByGroup", with("JobGroupId", group.ID, "PageNumber", 1, "PageSize", 2), map[string]string{"Jobs/List/JobGroupId": group.ID}, "Jobs/List", 2},
	}
	for _, tt := range tests {
		for _, way := range []string{"parameter", "header"} {
			ask := c
			if tt.parameters.Del("Format"); way == "parameter" {
				tt.parameters.Set("Format", "xml")
			} else {
				ask.header = map[string]string{"accept": "application/xml"}
			}
			response, body, err := ask.send(tt.action, tt.parameters)
			if err != nil || response.StatusCode != http.StatusOK || response.Header.Get("Content-Type") != "text/xml;charset=utf-8" {
				t.Fatalf("%s: %v %v %s", tt.action, err, response, body)
			}
			root, texts, counts := readXML(t, body)
			if root != tt.action+"Response" || counts[tt.rows] != tt.count {
				t.Errorf("%s by %s: root %s, %d rows, want %d", tt.action, way, root, counts[tt.rows], tt.count)
			}
			for path, want := range tt.want {
				if got, ok := texts[path]; !ok || want != "" && got != want {
					t.Errorf("%s by %s: %s is %q, want %q", tt.action, way, path, got, want)
				}
			}
		}
	}
	response, body, err := c.send("ListJobs", with("Format", "XML"))
	if err != nil || response.StatusCode != http.StatusBadRequest {
		t.Fatal(err, response)
	}
	if root, texts, _ := readXML(t, body); root != "Error" || texts["Code"] != "MissingJobId" || texts["RequestId"] == "" || texts["HostId"] == "" {
		t.Errorf("%s", body)
	}
}

// readXML returns the root, and by path the first text and the number of elements.
func readXML(t *testing.T, body []byte) (root string, texts map[string]string, counts map[string]int) {
	t.Helper()
	texts, counts = map[string]string{}, map[string]int{}
	var path []string
	decoder := xml.NewDecoder(strings.NewReader(string(body)))
	for {
		token, err := decoder.Token()
		if token == nil {
			if len(path) > 0 || root == "" {
				t.Fatalf("%v in %s", err, body)
			}
			return root, texts, counts
		}
		switch token := token.(type) {
		case xml.StartElement:
			if root == "" {
				root = token.Name.Local
			}
			path = append(path, token.Name.Local)
			at := strings.Join(path[1:], "/")
			counts[at]++
			if _, known := texts[at]; !known {
				texts[at] = ""
			}
		case xml.EndElement:
			path = path[:len(path)-1]
		case xml.CharData:
			if len(path) > 1 {
				if at := strings.Join(path[1:], "/"); texts[at] == "" {
					texts[at] = string(token)
				}
			}
		}
	}
}
