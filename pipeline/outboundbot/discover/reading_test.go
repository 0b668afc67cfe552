package discover

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"callmill/pipeline/decode"
	"callmill/pipeline/outboundbot/client"
	"callmill/pipeline/outboundbot/internal/lenient"
	"callmill/pipeline/outboundbot/lists"
	"callmill/schema"
)

// Reading a page of any list ends without panic, and a response that was kept is
// read as it was.
func FuzzPages(f *testing.F) {
	for _, seed := range []string{
		`{"Success":true,"Jobs":{"List":[{"JobId":"a"}],"TotalCount":"1"}}`, `{"Jobs":{"List":"[1]"}}`, `<a><b>c</b></a>`, `<a/>`,
		`{"JobGroups":{"List":[{"JobGroupId":"g","Progress":{"TotalJobs":"3"}}]}}`, `[[[[[[1]]]]]]`, "", "\uFEFF{}", `"x"`,
		`{"SearchTaskInfoList":{"x":{"y":[]}},"Total":-1}`, `{"SearchTaskInfoList":[{"JobId":1,"TaskId":2,"ActualTime":"3"}]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		members, err := lenient.Parse(body)
		if err != nil {
			return
		}
		lists.Calls(&client.Answer{Members: members})
		lists.JobIDs(&client.Answer{Members: members})
		groups, _ := lists.Groups(members, "i", 1)

		raw := rawOf(&client.Request{InstanceID: "i", Action: listJobGroups}, &client.Answer{ObservedAt: 1, Status: 200, Body: body})
		s := &Source{log: single(raw.Body)}
		kept, err := s.readKept(0)
		if err != nil || kept == nil || kept.answer() == nil {
			t.Fatalf("%q is kept as %q: %v", body, raw.Body, err)
		}
		if again, _ := lists.Groups(kept.answer().Members, "i", 1); len(again) != len(groups) {
			t.Errorf("%d campaigns, %d when kept", len(groups), len(again))
		}
	})
}

// single is a log of one line.
type single []byte

func (s single) Line(int) ([]byte, error) { return s, nil }

func (single) Append([]byte) error { return nil }

func (single) Job(string, string) (int, int64, bool) { return 0, 0, false }

func (single) Request(string, string, schema.RawAsked, int) (int, int64, bool) { return 0, 0, false }

func (single) Lines(string) []int { return nil }

// What it costs to read which jobs came with a response of 99 jobs of ten lines
// each.
func BenchmarkSightings(b *testing.B) {
	turn := `{"Speaker":"Contact","Script":"` + strings.Repeat("喂", 20) + `","Timestamp":1579068424883}`
	ids := make([]string, batchSize)
	var jobs []string
	for i := range ids {
		ids[i] = fmt.Sprintf("24fb9a8d-f20e-4ee2-a11c-%012d", i)
		jobs = append(jobs, fmt.Sprintf(`{"JobId":%q,"Status":"Succeeded","Tasks":[{"TaskId":"t","ActualTime":1579068424883,"Conversation":[%s]}]}`,
			ids[i], strings.Repeat(turn+",", 9)+turn))
	}
	body := `{"Success":true,"Code":"OK","Jobs":[` + strings.Join(jobs, ",") + `]}`
	raw := rawOf(&client.Request{InstanceID: "i", Action: listJobs, JobIDs: ids},
		&client.Answer{ObservedAt: time.Now().UnixMilli(), Status: 200, Body: []byte(body)})
	s := NewSource(nil, nil, Options{NewReader: func() Reader { return decode.New(decode.Options{}) }})
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if seen := s.sightings(raw, ids); seen[98].Trouble != "" {
			b.Fatal(seen[98])
		}
	}
}
