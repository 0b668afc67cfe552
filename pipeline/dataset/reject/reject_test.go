package reject

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"callmill/schema"
)

func TestRow(t *testing.T) {
	for name, c := range map[string]struct {
		reject schema.Reject
		want   schema.RejectRow
	}{
		"whole": {
			schema.Reject{
				InstanceID: "i", JobID: "j", Origin: "a\xff.json", Position: 3, Code: schema.RejectShape, Reason: "Jobs is \"\xff\"",
				Raw: []byte("{}"), ObservedAt: 17,
			},
			schema.RejectRow{
				InstanceID: "i", RejectID: "899d6773eecfbe4b2a41201186a9353e", JobID: "j", Origin: "a\uFFFD.json", Position: 3, Code: "shape", Reason: "Jobs is \"\uFFFD\"",
				Raw: []byte("{}"), RawBytes: 2, RawSHA256: "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a", FirstSeen: 17,
			},
		},
		"beginning": {
			schema.Reject{Code: schema.RejectTruncated, Raw: bytes.Repeat([]byte("x"), schema.MaxRejectRaw+1), RawBytes: 1 << 30, RawSHA256: "00"},
			schema.RejectRow{
				RejectID: "ff62939f22cb821d14a21fac2a87821d", Code: "truncated",
				Raw: bytes.Repeat([]byte("x"), schema.MaxRejectRaw), RawBytes: 1 << 30, RawSHA256: "00",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, Row(&c.reject)); diff != "" {
				t.Errorf("row (-want +got):\n%s", diff)
			}
		})
	}
}
