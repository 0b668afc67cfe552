package decode_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"

	"callmill/pipeline/decode"
	"callmill/schema"
)

// repeated is head, then unit many times with its number, then tail, made
// while it is read.
type repeated struct {
	head, tail string
	unit       func(i int) string
	count      int

	next    int
	pending string
}

func (r *repeated) Read(b []byte) (int, error) {
	for r.pending == "" {
		switch {
		case r.next == 0:
			r.pending = r.head
		case r.next <= r.count:
			r.pending = r.unit(r.next - 1)
		case r.next == r.count+1:
			r.pending = r.tail
		default:
			return 0, io.EOF
		}
		r.next++
	}
	n := copy(b, r.pending)
	r.pending = r.pending[n:]
	return n, nil
}

const turnsOfAJob = 100

func largeJob(i int) string {
	turn := `{"Script":"您好，请问是张先生吗？","Speaker":"Robot","Timestamp":1579068424883,"Summary":[]},`
	return fmt.Sprintf(`{"JobId":"job-%d","Tasks":[{"TaskId":"t","Conversation":[%s]}]}`, i, strings.TrimSuffix(strings.Repeat(turn, turnsOfAJob), ","))
}

// TestCutLarge: what is far larger than the memory it may take passes, every
// job with what its envelope says behind the last of them.
func TestCutLarge(t *testing.T) {
	if testing.Short() {
		t.Skip("streams hundreds of megabytes")
	}
	const count, ceiling = 15_000, 48 << 20 // about 180 MB each
	comma := func(i int) string { return "," + largeJob(i) }
	xmlJob := func(i int) string {
		turn := `<Conversation><Script>您好，请问是张先生吗？</Script><Speaker>Robot</Speaker></Conversation>`
		return fmt.Sprintf(`<Jobs><JobId>job-%d</JobId><Tasks><TaskId>t</TaskId>%s</Tasks></Jobs>`, i, strings.Repeat(turn, turnsOfAJob))
	}
	for name, c := range map[string]struct {
		input func() *repeated
		count int
	}{
		"a response": {func() *repeated {
			return &repeated{head: `{"Message":"ok","Jobs":[null`, unit: comma, count: count, tail: `],"RequestId":"r","Success":true}`}
		}, count},
		"an SDK dump of a wrapper": {func() *repeated {
			return &repeated{head: `{"headers":{},"statusCode":200,"body":{"Jobs":{"Job":[null`, unit: comma, count: count, tail: `]},"RequestId":"r"}}`}
		}, count},
		"lines": {func() *repeated {
			return &repeated{unit: func(i int) string { return `{"RequestId":"r","Jobs":[` + largeJob(i) + "]}\n" }, count: count}
		}, count},
		"XML": {func() *repeated {
			return &repeated{head: "<ListJobsResponse>", unit: xmlJob, count: count / 20, tail: "<RequestId>r</RequestId></ListJobsResponse>"}
		}, count / 20},
	} {
		t.Run(name, func(t *testing.T) {
			d := decode.New(decode.Options{})
			runtime.GC()
			var start, now runtime.MemStats
			runtime.ReadMemStats(&start)
			met, pieces := 0, 0
			open := func() (io.ReadCloser, error) { return io.NopCloser(c.input()), nil }
			err := decode.Cut(decode.Options{}, schema.Raw{}, open, func(raw *schema.Raw) error {
				for item := range d.Items(raw) {
					j := item.Job
					if j == nil {
						return errors.New(item.Reject.Reason)
					}
					if want := fmt.Sprintf("job-%d", met); j.JobID != want || item.Position != int64(met) || j.RequestID != "r" || len(j.Tasks[0].Turns) != turnsOfAJob {
						return fmt.Errorf("position %d is %s with request id %q, want %s", item.Position, j.JobID, j.RequestID, want)
					}
					met++
				}
				raw.Release()
				if pieces++; pieces%10 == 0 {
					runtime.ReadMemStats(&now)
					if grown := int64(now.HeapInuse) - int64(start.HeapInuse); grown > ceiling {
						return fmt.Errorf("after %d jobs the heap has grown by %d bytes", met, grown)
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if met != c.count {
				t.Errorf("%d of %d jobs", met, c.count)
			}
		})
	}
}

// TestTooLarge: a job beyond what can be held is a reject with its length and
// hash; those around it are kept.
func TestTooLarge(t *testing.T) {
	giant := `{"JobId":"giant","Tasks":[` + strings.Repeat(`{"TaskId":"t"},`, 20_000) + `{}]}`
	open := `{"RequestId":"r","Jobs":[{"JobId":"a"},`
	for name, c := range map[string]struct {
		body string
		want []string
	}{
		"in a response":        {open + giant + `,{"JobId":"b"}],"Success":true}`, []string{"0 a r", "1 too_large giant", "2 b r"}},
		"the last":             {open + giant + `]}`, []string{"0 a r", "1 too_large giant"}},
		"a line":               {"{\"JobId\":\"a\"}\n" + giant + "\n{\"JobId\":\"b\"}\n", []string{"0 a ", "1 too_large giant", "2 b "}},
		"of a failed response": {open + giant + `,{"JobId":"b"}],"Success":false}`, []string{"0 api_error "}},
		"nothing but brackets": {strings.Repeat(`["`, 200_000), []string{"0 too_large "}},
		"an endless string":    {`{"Jobs":[{"JobId":"` + strings.Repeat("a", 400_000), []string{"0 too_large "}},
	} {
		var got []string
		d := decode.New(decode.Options{})
		o := decode.Options{PieceBytes: 1 << 10, MaxJobBytes: 1 << 16}
		err := decode.Cut(o, schema.Raw{}, func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(c.body)), nil }, func(raw *schema.Raw) error {
			for item := range d.Items(raw) {
				if item.Job != nil {
					got = append(got, fmt.Sprint(item.Position, " ", item.Job.JobID, " ", item.Job.RequestID))
					continue
				}
				r := item.Reject
				got = append(got, fmt.Sprint(item.Position, " ", r.Code, " ", r.JobID))
				if r.Code == schema.RejectTooLarge && r.JobID == "giant" {
					checkBeginning(t, r, giant)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

// checkBeginning holds a reject to the piece it is the beginning of; what
// separates the piece from the next one may belong to it.
func checkBeginning(t *testing.T, r *schema.Reject, piece string) {
	t.Helper()
	if !strings.HasPrefix(piece, string(r.Raw[:min(len(r.Raw), len(piece))])) {
		t.Errorf("raw begins %.40q", r.Raw)
	}
	if extra := r.RawBytes - int64(len(piece)); extra < 0 || extra > 40 || r.RawSHA256 == "" {
		t.Errorf("raw has %d bytes, the piece %d; hash %q", r.RawBytes, len(piece), r.RawSHA256)
	}
	if _, err := hex.DecodeString(r.RawSHA256); err != nil || len(r.RawSHA256) != 2*sha256.Size {
		t.Errorf("hash %q", r.RawSHA256)
	}
}

// TestCutErrors: errors of the input and of yield come back as they are.
func TestCutErrors(t *testing.T) {
	broken := errors.New("broken")
	good := func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(`{"Jobs":[]}`)), nil }
	for name, c := range map[string]struct {
		open  func() (io.ReadCloser, error)
		yield func(*schema.Raw) error
	}{
		"open": {func() (io.ReadCloser, error) { return nil, broken }, func(*schema.Raw) error { return nil }},
		"read": {func() (io.ReadCloser, error) {
			return io.NopCloser(io.MultiReader(strings.NewReader(`{"Jobs":`), failing{broken})), nil
		}, func(*schema.Raw) error { return nil }},
		"yield": {good, func(*schema.Raw) error { return broken }},
	} {
		if err := decode.Cut(decode.Options{}, schema.Raw{}, c.open, c.yield); err != broken {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

type failing struct{ error }

func (f failing) Read([]byte) (int, error) { return 0, f.error }
