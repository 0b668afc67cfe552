package decode_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"callmill/pipeline/decode"
	"callmill/schema"
)

// TestCutDamage: the items of an input are the same however it is cut, also
// where it is damaged.
func TestCutDamage(t *testing.T) {
	var shapes [][]byte
	for _, path := range shapeFiles(t) {
		if body := read(t, path); len(body) < 4000 {
			shapes = append(shapes, body)
		}
	}
	rapid.Check(t, func(r *rapid.T) {
		body := drawDamaged(r, shapes)
		base := schema.Raw{Origin: "x", InstanceID: "inst", ObservedAt: 5, Undated: true}
		whole := base
		whole.Body = body
		want := outlines(decode.New(decode.Options{}), &whole)
		if slices.ContainsFunc(want, func(item string) bool { return strings.Contains(item, "could not be cut") }) {
			r.Fatalf("%q: a part that is damaged: %q", body, want)
		}
		size := rapid.IntRange(1, 400).Draw(r, "size")
		if got, _ := cutOutlines(t, decode.Options{PieceBytes: size}, base, body); !slices.Equal(got, want) {
			r.Fatalf("%q in pieces of %d (-whole +cut):\n%s", body, size, cmp.Diff(want, got))
		}
	})
}

// drawDamaged draws a shape, or the beginning of one and the end of another,
// with some damage.
func drawDamaged(r *rapid.T, shapes [][]byte) []byte {
	body := slices.Clone(rapid.SampledFrom(shapes).Draw(r, "shape"))
	if rapid.IntRange(0, 2).Draw(r, "joined") == 0 {
		other := rapid.SampledFrom(shapes).Draw(r, "other")
		body = append(body[:rapid.IntRange(0, len(body)).Draw(r, "to")], other[rapid.IntRange(0, len(other)).Draw(r, "from"):]...)
	}
	for range rapid.IntRange(0, 4).Draw(r, "damages") {
		at := rapid.IntRange(0, len(body)).Draw(r, "at")
		end := min(len(body), at+rapid.IntRange(0, 40).Draw(r, "length"))
		switch rapid.SampledFrom([]string{"removed", "twice", "replaced", "inserted"}).Draw(r, "damage") {
		case "removed":
			body = slices.Delete(body, at, end)
		case "twice":
			body = slices.Insert(body, at, slices.Clone(body[at:end])...)
		case "replaced":
			body = slices.Replace(body, at, min(len(body), at+1), drawMark(r)...)
		default:
			body = slices.Insert(body, at, drawMark(r)...)
		}
	}
	return body
}

// drawMark draws what decides how an input is read.
func drawMark(r *rapid.T) []byte {
	return []byte(rapid.SampledFrom([]string{
		"{", "}", "[", "]", ",", ":", `"`, `\`, " ", "\n", "\x00", "\xff", "&", "null", "5",
		`{"JobId":"z"}`, `{"Jobs":[`, "]}", `"Success":false,`, `"TaskId":"t"`, `"Jobs":`, `"JobId":`, `"Tasks":[`, `"body":{`,
		`{"observed_at":1,"body":"`, `"action":"SearchTask",`, `"SearchTaskInfoList":[`, `"PageNumber":1,`, `"statusCode":500,`,
		`"asked":{"job_ids":["z","job-1","job-1"]},`, `"action":"ListJobs",`, `"action":"ListJobsByGroup",`,
		"<Jobs>", "</Jobs>", "<?xml ", "<ListJobsResponse>",
	}).Draw(r, "token"))
}
