package source_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/zstd"

	"callmill/pipeline/source"
	"callmill/schema"
)

// manyFrames is an archive of frames with the same number of lines each, and where
// each frame begins. The lines are numbered.
func manyFrames(t *testing.T, frames, lines int, o ...zstd.EOption) (archive []byte, begins []int) {
	t.Helper()
	encoder, err := zstd.NewWriter(nil, append([]zstd.EOption{zstd.WithEncoderConcurrency(1)}, o...)...)
	if err != nil {
		t.Fatal(err)
	}
	defer encoder.Close()
	random := rand.New(rand.NewPCG(1, 2))
	n := 0
	for range frames {
		begins = append(begins, len(archive))
		var text []byte
		for range lines {
			text = fmt.Appendf(text, "line %d %x\n", n, random.Uint64())
			n++
		}
		archive = encoder.EncodeAll(text, archive)
	}
	return archive, append(begins, len(archive))
}

// readLines reads an archive, in pieces if its content is longer than maxWhole. It
// returns the numbers of the lines that came whole, and what is said of damage.
func readLines(t *testing.T, archive []byte, maxWhole int64) (numbers []int, rejects []*schema.Reject, fault string) {
	t.Helper()
	files, err := source.Open([]string{"-"}, source.Options{Stdin: bytes.NewReader(archive), MaxWhole: maxWhole, Cut: cutLines, TempDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	err = files.Raws(t.Context(), func(raw *schema.Raw) error {
		if raw.Reject != nil {
			rejects = append(rejects, raw.Reject)
			return nil
		}
		fault += raw.Fault
		for line := range strings.Lines(string(raw.Body)) {
			var n int
			var x uint64
			if got, _ := fmt.Sscanf(line, "line %d %x\n", &n, &x); got == 2 {
				numbers = append(numbers, n)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return numbers, rejects, fault
}

// TestDamagedFrame: whichever byte of an archive is damaged, the lines of all other
// frames come, and no line of the damaged one if another follows; one reject says
// which bytes are lost.
func TestDamagedFrame(t *testing.T) {
	const frames, lines = 6, 4
	for name, o := range map[string][]zstd.EOption{
		"checksums":    nil,
		"no checksums": {zstd.WithEncoderCRC(false)},
		"stored":       {zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithAllLitEntropyCompression(false)},
	} {
		t.Run(name, func(t *testing.T) {
			archive, begins := manyFrames(t, frames, lines, o...)
			step := 1
			if testing.Short() {
				step = 7
			}
			for at := 0; at < len(archive); at += step {
				damaged := slices.Clone(archive)
				damaged[at] ^= 1 << (at % 8)
				hit := slices.IndexFunc(begins, func(b int) bool { return b > at }) - 1
				got, rejects, fault := readLines(t, damaged, []int64{0, 50}[at%2])
				if len(got) == frames*lines && len(rejects) == 0 && fault == "" {
					continue // a window that is larger than it need be; without a checksum, another letter
				}
				var want []int
				for n := range frames * lines {
					if n/lines != hit {
						want = append(want, n)
					}
				}
				if name == "no checksums" && len(rejects) == 0 && fault == "" {
					// Other text, which may have no line break at its end.
					if missing := slices.DeleteFunc(want, func(n int) bool { return slices.Contains(got, n) }); len(missing) > 1 || len(missing) == 1 && missing[0] != (hit+1)*lines {
						t.Errorf("byte %d, of frame %d: lines %v are missing", at, hit, missing)
					}
					continue
				}
				others := slices.DeleteFunc(slices.Clone(got), func(n int) bool { return n/lines == hit })
				if !slices.Equal(others, want) {
					t.Fatalf("byte %d, of frame %d: lines %v, want at least %v; %s", at, hit, got, want, fault)
				}
				if hit == frames-1 {
					if len(rejects) > 0 || fault == "" {
						t.Errorf("byte %d, of the last frame: %d rejects, fault %q", at, len(rejects), fault)
					}
					continue
				}
				if fault != "" || len(rejects) != 1 || rejects[0].Code != schema.RejectSyntax || rejects[0].Origin != "-" {
					t.Fatalf("byte %d, of frame %d: fault %q, rejects %+v", at, hit, fault, rejects)
				}
				var from, to int
				if _, err := fmt.Sscanf(rejects[0].Reason, "bytes %d to %d of the archive: damaged", &from, &to); err != nil || from < begins[hit] || to >= begins[hit+1] {
					t.Errorf("byte %d, of frame %d, %d to %d: %s", at, hit, begins[hit], begins[hit+1], rejects[0].Reason)
				}
				if !bytes.Equal(rejects[0].Raw, damaged[from:to+1]) {
					t.Errorf("byte %d: the reject holds %d bytes", at, len(rejects[0].Raw))
				}
			}
		})
	}
}

// TestDamagedFrames: stretches of an archive are damaged or missing; what is whole
// around them comes.
func TestDamagedFrames(t *testing.T) {
	const frames, lines = 40, 100
	archive, begins := manyFrames(t, frames, lines)
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	checks := 300
	if testing.Short() {
		checks = 30
	}
	for range checks {
		damaged, hit := slices.Clone(archive), map[int]bool{}
		for range 1 + random.IntN(4) {
			from := random.IntN(len(archive))
			to := min(len(archive), from+1+random.IntN(8000))
			if random.IntN(2) == 0 {
				clear(damaged[from:to])
			} else {
				for i := from; i < to; i++ {
					damaged[i] = byte(random.Uint32())
				}
			}
			for n := range frames {
				hit[n] = hit[n] || from < begins[n+1] && to > begins[n]
			}
		}
		got, rejects, fault := readLines(t, damaged, []int64{0, 1000}[random.IntN(2)])
		for n := range frames * lines {
			if !hit[n/lines] && !slices.Contains(got, n) {
				t.Fatalf("line %d of frame %d is lost; %d rejects, %q", n, n/lines, len(rejects), fault)
			}
		}
		if len(rejects) == 0 && fault == "" {
			t.Error("nothing is said of the damage")
		}
	}
}

// TestDamagedLongFrame: of a frame that is longer than what is held the beginning
// comes, and what follows the frame, on a line of its own.
func TestDamagedLongFrame(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: writes large archives")
	}
	one, _ := manyFrames(t, 1, 1)
	long, _ := manyFrames(t, 1, 2_000_000)
	clear(long[len(long)/2 : len(long)/2+10])
	got, rejects, fault := readLines(t, slices.Concat(one, long, one), 1<<30)
	if len(got) < 800_000 || got[len(got)-1] != 0 || len(rejects) != 1 || fault != "" {
		t.Fatalf("%d lines, %d rejects, %q", len(got), len(rejects), fault)
	}
	if r := rejects[0]; r.RawBytes == 0 || r.RawSHA256 == "" || len(r.Raw) != schema.MaxRejectRaw {
		t.Errorf("the reject holds %d of %d bytes", len(r.Raw), r.RawBytes)
	}
	// Nothing follows: the content ends at the damage, as it did.
	if got, rejects, fault = readLines(t, slices.Concat(one, long), 1<<30); len(got) < 800_000 || len(rejects) > 0 || fault == "" {
		t.Errorf("%d lines, %d rejects, %q", len(got), len(rejects), fault)
	}
}

// TestManyDamages: what is damaged in very many places is not searched without end.
func TestManyDamages(t *testing.T) {
	archive, begins := manyFrames(t, 3000, 1)
	for i, at := range begins[:3000] {
		if i%2 == 1 {
			archive[at+7] ^= 0xff
		}
	}
	got, rejects, fault := readLines(t, archive, 0)
	if len(got) < 900 || len(rejects) < 900 || len(rejects) > 1000 || fault == "" {
		t.Errorf("%d lines, %d rejects, %q", len(got), len(rejects), fault)
	}
}

// TestDiskFailsInArchive: wherever reading an archive fails, between two frames, too,
// the error is returned: what follows is not taken for missing.
func TestDiskFailsInArchive(t *testing.T) {
	archive, _ := manyFrames(t, 3, 2)
	broken := errors.New("input/output error")
	for at := range archive {
		stdin := io.MultiReader(bytes.NewReader(archive[:at]), iotest.ErrReader(broken))
		files, err := source.Open([]string{"-"}, source.Options{Stdin: stdin, Cut: cutLines, TempDir: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		if err := files.Raws(t.Context(), func(*schema.Raw) error { return nil }); !errors.Is(err, broken) {
			t.Errorf("after %d bytes: error %v, want %v", at, err, broken)
		}
	}
}
