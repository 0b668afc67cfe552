package callapi

import (
	"fmt"
	"strings"
	"testing"
)

// What it costs to look into a response of 99 jobs of ten lines each.
func BenchmarkSightings(b *testing.B) {
	turn := `{"Speaker":"Contact","Script":"` + strings.Repeat("喂", 20) + `","Timestamp":1579068424883}`
	var body strings.Builder
	body.WriteString(`{"Success":true,"Code":"OK","Jobs":[`)
	ids := make([]string, 99)
	for i := range ids {
		ids[i] = fmt.Sprintf("24fb9a8d-f20e-4ee2-a11c-%012d", i)
		if i > 0 {
			body.WriteString(",")
		}
		fmt.Fprintf(&body, `{"JobId":%q,"Status":"Succeeded","Tasks":[{"TaskId":"t","ActualTime":1579068424883,"Conversation":[%s]}]}`,
			ids[i], strings.Repeat(turn+",", 9)+turn)
	}
	body.WriteString(`]}`)
	c, err := New(Options{})
	if err != nil {
		b.Fatal(err)
	}
	d := &discovery{plan: &Plan{}}
	b.SetBytes(int64(body.Len()))
	b.ReportAllocs()
	for b.Loop() {
		a, failed := c.read(&request{action: listJobs}, &received{status: 200, body: []byte(body.String())})
		if failed != nil || !d.sightings(a, ids)[98].Came {
			b.Fatal(failed)
		}
	}
}
