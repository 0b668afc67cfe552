package decode_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"callmill/pipeline/decode"
	"callmill/pipeline/decode/charset"
	"callmill/schema"
)

// FuzzDecode: no input makes decode panic or hang; positions go up one by one;
// a job's tasks are in order; and a job spelled again as documented JSON has
// the same content.
func FuzzDecode(f *testing.F) {
	for _, path := range shapeFiles(f) {
		f.Add(read(f, path))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		d, again := decode.New(decode.Options{}), decode.New(decode.Options{})
		next := int64(0)
		for item := range d.Items(&schema.Raw{Body: body}) {
			if (item.Facts != nil || item.Expected != nil) && item.Position == next {
				continue // which take no position
			}
			if item.Position != next {
				t.Fatalf("position %d after %d items", item.Position, next)
			}
			next++
			if (item.Job == nil) == (item.Reject == nil) {
				t.Fatalf("item %d is not one of job and reject: %+v", item.Position, item)
			}
			if item.Job == nil {
				if item.Reject.Code == "" || item.Reject.Reason == "" {
					t.Fatalf("a reject without code or reason: %+v", item.Reject)
				}
				continue
			}
			sameWhenSpelledAgain(t, again, item.Job)
		}
	})
}

func sameWhenSpelledAgain(t *testing.T, d *decode.Decoder, j *schema.Job) {
	t.Helper()
	if j.JobID == "" {
		t.Fatal("a job without id")
	}
	body, err := json.Marshal(map[string]any{"Jobs": []any{documented(j)}})
	if err != nil {
		t.Fatal(err)
	}
	want, _ := j.ContentHash(nil)
	for item := range d.Items(&schema.Raw{Body: body}) {
		if item.Job == nil {
			t.Fatalf("spelled again it is refused: %s\n%s", item.Reject.Reason, body)
		}
		if got, _ := item.Job.ContentHash(nil); got != want {
			t.Fatalf("spelled again it differs:\n%s", cmp.Diff(compact(j), compact(item.Job)))
		}
	}
}

// FuzzCut: an input cut into pieces of whatever size gives the items of the
// whole input.
func FuzzCut(f *testing.F) {
	for _, path := range shapeFiles(f) {
		f.Add(read(f, path), uint16(100))
	}
	// A page of ListJobsByGroup with a damaged job; XML before a body that
	// mentions some; a text and a list; damage between rows.
	f.Add([]byte(`{"Jobs":{"PageNumber":1,"List":[{"JobId":"a"},{"JobId":tru},{"JobId":"b"}]}}`), uint16(3))
	f.Add([]byte(`<ListJobsResponse/>{"observed_at":1,"body":"{\"Jobs\":[{\"JobId\":\"<ListJobsResponse>\",\"T"}`), uint16(3))
	f.Add([]byte(`{"body":"{\"Jobs\":[{\"JobId\":\"a\"}]}","Jobs":[{"JobId":"b"},x`), uint16(3))
	f.Add([]byte(`{"body":{"SearchTaskInfoList":[{"JobId":"a","TaskId":"t"} x,{"JobId":"b"}]}}`), uint16(3))
	f.Add([]byte(`<RequestId>123456</RequestId><RequestId>123456</RequestId><Jobs><JobId>a</JobId></Jobs>`), uint16(3))
	f.Add([]byte(`{"action":"ListJobs","instance_id":"\u0041","asked":{"job_ids":["a","\u0062","c"]},"body":{"Jobs":[{"JobId":"a"},{"JobId":"x"},{"JobId":tru}]}}`), uint16(3))
	f.Add([]byte(`{"action":"ListJobs","asked":{"job_ids":["a","b"]},"body":"{\"Jobs\":[{\"JobId\":\"a\"}]}","Jobs":[{"JobId":"b"},x`), uint16(3))
	f.Add([]byte(`{"Jobs":[{"JobId":"a"},{"JobId":"a","Tasks":5},{"JobId":"b"}],"asked":{"job_ids":["a","b","c"]},"status":500}`), uint16(3))
	f.Fuzz(func(t *testing.T, body []byte, size uint16) {
		base := schema.Raw{Origin: "x"}
		whole := base
		whole.Body = body
		want := outlines(decode.New(decode.Options{}), &whole)
		got, _ := cutOutlines(t, decode.Options{PieceBytes: int(size) + 1}, base, body)
		if !slices.Equal(got, want) {
			t.Errorf("in pieces of %d (-whole +cut):\n%s", size+1, cmp.Diff(want, got))
		}
	})
}

// FuzzGrammar: a job is read to its end exactly where encoding/json calls its
// bytes valid. Text that is not UTF-8 may be taken for another encoding, or
// refused as none, so what encoding/json says of its bytes decides nothing then.
func FuzzGrammar(f *testing.F) {
	for _, text := range []string{`1`, `-0.5e+3`, `01`, `1.`, `"a\u00e9\ud800"`, "\"\t\"", `[1,]`, `{"a":1,}`, `{"a" : [ ] , "b":{}}`, `tru`, `nul`, `"\x"`, "\"\xff\"", `[[[]]]`, `{"a":1 "b":2}`, `-`, `1e`, "\u00a01", ``} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, value []byte) {
		job := slices.Concat([]byte(`{"JobId":"j","Unknown":`), value, []byte(`}`))
		body := slices.Concat([]byte(`{"Jobs":[`), job, []byte(`]}`))
		var items []schema.Decoded
		for item := range decode.New(decode.Options{MaxDepth: 20000}).Items(&schema.Raw{Body: body}) {
			items = append(items, item)
		}
		accepted := len(items) == 1 && items[0].Reject == nil
		if text, _, err := charset.Decode(body); err != nil || !bytes.Equal(text, body) {
			return
		}
		if valid := json.Valid(job); accepted != valid && json.Valid(body) == valid {
			t.Errorf("accepted %v, encoding/json says %v: %q", accepted, valid, value)
		}
	})
}
