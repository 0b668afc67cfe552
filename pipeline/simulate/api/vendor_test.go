package api_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"

	"callmill/pipeline/simulate"
	"callmill/pipeline/simulate/api"

	"github.com/google/go-cmp/cmp"
)

// python returns a Python with the vendor's client, or skips the test.
func python(t *testing.T) string {
	t.Helper()
	path := os.Getenv("CALLMILL_PYTHON")
	if path == "" {
		t.Skip("CALLMILL_PYTHON is not set: a Python with alibabacloud-outboundbot20191226==2.2.1")
	}
	if out, err := exec.Command(path, "-c", "import alibabacloud_outboundbot20191226").CombinedOutput(); err != nil {
		t.Skipf("the Python of CALLMILL_PYTHON lacks alibabacloud-outboundbot20191226==2.2.1: %v\n%s", err, out)
	}
	return path
}

type vendorView struct {
	Refused string
	Status  int
	Groups  map[string][]any
	Jobs    map[string]vendorJob
	Calls   map[string][]any
}

type vendorJob struct {
	ID, Status, Contact, Phone string
	Priority                   int32
	Numbers                    []string
	Extras                     map[string]string
	Summaries                  [][]string
	Tasks                      []vendorTask
}

type vendorTask struct {
	ID, Status, Call, Called, Calling, Contact string
	Planned, Actual, Duration                  int64
	Turns                                      [][]any
}

func viewOf(t *testing.T, python string, arguments ...string) vendorView {
	t.Helper()
	var complaints strings.Builder
	cmd := exec.Command(python, append([]string{"testdata/vendor_client.py"}, arguments...)...)
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, complaints.String())
	}
	var view vendorView
	if err := json.Unmarshal(out, &view); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return view
}

// The vendor's Python client reads the world into its typed models.
func TestVendorPythonClient(t *testing.T) {
	path := python(t)
	w := newWorld(t, simulate.Options{People: 240})
	c, _ := serve(t, w, api.Options{})
	endpoint := strings.TrimPrefix(c.url, "http://")
	for _, token := range []string{"", "CAIS of a role"} {
		got := viewOf(t, path, endpoint, api.AccessKeySecret, token)
		if got.Refused != "" {
			t.Fatalf("token %q: %d %s", token, got.Status, got.Refused)
		}
		if diff := cmp.Diff(vendorViewOf(t, w), got, sameEmpty); diff != "" {
			t.Errorf("token %q (-want +got):\n%s", token, diff)
		}
	}
	if got := viewOf(t, path, endpoint, "wrong", ""); got.Refused != "SignatureDoesNotMatch" || got.Status != 400 {
		t.Errorf("a wrong secret: %d %s", got.Status, got.Refused)
	}
	if got := viewOf(t, path, endpoint, api.AccessKeySecret, api.ExpiredToken); got.Refused != "InvalidSecurityToken.Expired" {
		t.Errorf("an expired token: %d %s", got.Status, got.Refused)
	}
}

// vendorViewOf returns what the client should see, in the types of encoding/json.
func vendorViewOf(t *testing.T, w *simulate.World) vendorView {
	view := vendorView{Groups: map[string][]any{}, Jobs: map[string]vendorJob{}, Calls: map[string][]any{}}
	c, _ := serve(t, w, api.Options{})
	var groups groupsAnswer
	c.ask(t, "ListJobGroups", with("PageNumber", 1, "PageSize", 100), &groups)
	for _, g := range groups.JobGroups.List {
		view.Groups[g.JobGroupID] = []any{g.JobGroupName, float64(g.Progress.TotalJobs), float64(g.CreationTime), g.ModifyTime}
	}
	for i := range w.Len() {
		job, _ := w.Job(i)
		v := vendorJob{
			ID: job.JobID, Status: job.Status, Priority: *job.Priority, Numbers: job.CallingNumbers, Extras: map[string]string{},
			Contact: job.Contacts[0].Name, Phone: job.Contacts[0].PhoneNumber,
		}
		for _, e := range job.Extras {
			v.Extras[e.Key] = e.Value
		}
		for _, s := range job.Summaries {
			v.Summaries = append(v.Summaries, []string{s.Category, s.Name, s.Content})
		}
		for _, task := range job.Tasks {
			u := vendorTask{
				ID: task.TaskID, Status: task.Status, Call: task.CallID, Called: task.CalledNumber, Calling: task.CallingNumber,
				Contact: task.Contact.PhoneNumber, Planned: task.PlannedTime, Actual: task.ActualTime, Duration: *task.Duration,
			}
			for _, turn := range task.Turns {
				u.Turns = append(u.Turns, []any{turn.Speaker, turn.Script, float64(turn.Timestamp)})
			}
			v.Tasks = append(v.Tasks, u)
		}
		view.Jobs[job.JobID] = v
	}
	for id, row := range dialled(w) {
		if row.TaskStatusString != "SucceededFinish" && row.TaskStatusString != "NoAnswer" {
			continue
		}
		codes := []any{}
		for _, code := range row.DialExceptionCodes {
			codes = append(codes, code)
		}
		view.Calls[id] = []any{row.JobID, float64(row.ActualTime), float64(*row.CallDuration), float64(*row.RecordingDuration), *row.HasReachedEndOfFlow, row.TaskStatusString, codes}
	}
	return view
}
