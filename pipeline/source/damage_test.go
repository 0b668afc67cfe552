package source_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"callmill/pipeline/decode"
	"callmill/pipeline/source"
	"callmill/schema"
)

// TestDamagedArchive: the last Raw of a damaged archive carries the archive as
// stored, from a file or standard input, read whole or in pieces.
func TestDamagedArchive(t *testing.T) {
	noise := make([]byte, 3<<20)
	rand.NewChaCha8([32]byte{}).Read(noise)
	lines := strings.Repeat("line\n", 5_000)
	large := compressed(t, ".gz", append([]byte(lines), noise...))
	broken := slices.Clone(large)
	broken[len(broken)-5] ^= 1 // the checksum, far behind what fits into memory
	middle := slices.Clone(large)
	clear(middle[1000:2000])
	cases := []struct {
		name, fault string
		archive     []byte
	}{
		{"a header", "the archive ends in the middle", []byte("\x1f\x8b\x08\x00\x00\x00\x00\x00")},
		{"a header and a byte", "the archive ends in the middle", []byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x02")},
		{"torn", "the archive ends in the middle", large[:len(large)/2]},
		{"torn zstd", "the archive ends in the middle", compressed(t, ".zst", noise)[:2<<20]},
		{"damaged near its start", "the archive is damaged", middle},
		{"a wrong checksum", "the archive's checksum is wrong", broken},
	}
	cut := func(base schema.Raw, open opener, yield func(*schema.Raw) error) error {
		return cutLines(base, open, func(raw *schema.Raw) error {
			raw.Body = nil
			return yield(raw)
		})
	}
	for _, c := range cases {
		path := filepath.Join(t.TempDir(), "x.json.gz")
		write(t, path, c.archive)
		sum := sha256.Sum256(c.archive)
		head := c.archive[:min(len(c.archive), schema.MaxRejectRaw)]
		for _, maxWhole := range []int64{0, 16} {
			for _, arg := range []string{path, "-"} {
				t.Run(fmt.Sprintf("%s/%s/%d", c.name, filepath.Base(arg), maxWhole), func(t *testing.T) {
					o := source.Options{MaxWhole: maxWhole, TempDir: t.TempDir(), Cut: cut, Stdin: bytes.NewReader(c.archive)}
					last := lastRaw(t, o, arg)
					if !strings.HasPrefix(last.Fault, c.fault) {
						t.Errorf("fault %q, want %q", last.Fault, c.fault)
					}
					a := last.Archive
					if a == nil {
						t.Fatal("no archive")
					}
					if !bytes.Equal(a.Head, head) || a.Bytes != int64(len(c.archive)) || a.SHA256 != hex.EncodeToString(sum[:]) {
						t.Errorf("archive of %d bytes, %d of them at hand, SHA-256 %s", a.Bytes, len(a.Head), a.SHA256)
					}
				})
			}
		}
	}
}

// lastRaw reads arg; only its last piece may carry damage.
func lastRaw(t *testing.T, o source.Options, arg string) (last schema.Raw) {
	t.Helper()
	files, err := source.Open([]string{arg}, o)
	if err != nil {
		t.Fatal(err)
	}
	err = files.Raws(t.Context(), func(raw *schema.Raw) error {
		if last.Fault != "" || last.Archive != nil {
			t.Errorf("damage before the last piece: %q", last.Fault)
		}
		last = *raw
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return last
}

// TestDamageWithoutPieces: a damaged archive is reported even if its content has no
// piece.
func TestDamageWithoutPieces(t *testing.T) {
	torn := compressed(t, ".gz", bytes.Repeat([]byte(" "), 100))
	path := filepath.Join(t.TempDir(), "x.json.gz")
	write(t, path, torn[:len(torn)-1])
	read := func(_ schema.Raw, open opener, _ func(*schema.Raw) error) error {
		in, err := open()
		if err != nil {
			return err
		}
		defer in.Close()
		_, err = io.Copy(io.Discard, in)
		return err
	}
	if last := lastRaw(t, source.Options{MaxWhole: 16, Cut: read}, path); last.Archive == nil || last.Origin != "x.json.gz" {
		t.Errorf("got %+v, want the damage", last)
	}
}

// TestRejectOfArchive: the jobs before the damage are decoded, followed by one
// reject that holds the archive.
func TestRejectOfArchive(t *testing.T) {
	const jobs = `{"Jobs":[{"JobId":"a"},{"JobId":"b"},{"JobId":"c"}]}`
	stored := func(body string) []byte { // uncompressed blocks, so that every byte counts
		return slices.Concat([]byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"),
			[]byte{0, byte(len(body)), 0, byte(^len(body)), 0xff}, []byte(body))
	}
	for _, c := range []struct {
		name    string
		archive []byte
		want    []string
	}{
		{"before the text", stored(jobs)[:8], []string{"0 truncated "}},
		{"within a job", stored(jobs)[:15+34], []string{"a", "1 truncated "}},
		{"between jobs", stored(jobs)[:15+22], []string{"a", "1 truncated "}},
		{"behind the text", stored(jobs), []string{"a", "b", "c", "3 truncated "}},
	} {
		path := filepath.Join(t.TempDir(), "x.json.gz")
		write(t, path, c.archive)
		raw := lastRaw(t, source.Options{}, path)
		var got []string
		for item := range decode.New(decode.Options{}).Items(&raw) {
			if item.Job != nil {
				got = append(got, item.Job.JobID)
				continue
			}
			r := item.Reject
			got = append(got, fmt.Sprint(item.Position, " ", r.Code, " ", r.JobID))
			if r.Origin != "x.json.gz" || !strings.HasSuffix(r.Reason, ": the archive ends in the middle") {
				t.Errorf("%s: reject of %s: %s", c.name, r.Origin, r.Reason)
			}
			if sum := sha256.Sum256(c.archive); !bytes.Equal(r.Raw, c.archive) || r.RawBytes != int64(len(c.archive)) || r.RawSHA256 != hex.EncodeToString(sum[:]) {
				t.Errorf("%s: the reject holds %d bytes %q, want the archive", c.name, r.RawBytes, r.Raw)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}
