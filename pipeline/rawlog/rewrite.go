package rawlog

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"

	"github.com/klauspost/compress/zstd"

	"callmill/pipeline/internal/durable"
)

// Edit is what becomes of a kept line, without its end: itself, another, or nil where it
// goes.
type Edit func(line []byte) []byte

// Rewritten is what a rewrite did to a file.
type Rewritten struct {
	Path           string
	Changed, Gone  int // lines
	UnreadableSize int // bytes of no whole frame, which went, too
}

// Rewrite has every line kept of a run in its folder edited, and replaces the files of
// which any changed; what cannot be read goes. With dry nothing is written. Each file is
// replaced atomically, and doing it again changes nothing more: a crash leaves some files
// rewritten. The log is not open.
func Rewrite(ctx context.Context, fsys durable.FS, folder string, dry bool, edit Edit) ([]Rewritten, error) {
	entries, err := durable.ReadDir(fsys, folder)
	if err != nil {
		return nil, fmt.Errorf("rewrite kept responses: %w", err)
	}
	decoder, err := newDecoder()
	if err != nil {
		return nil, err
	}
	defer decoder.Close()
	var list []Rewritten
	for _, e := range entries {
		path := filepath.Join(folder, e.Name())
		if durable.IsTemp(e.Name()) && !dry {
			if err := fsys.Remove(path); err != nil {
				return list, fmt.Errorf("rewrite kept responses: %w", err)
			}
		}
		if filepath.Ext(e.Name()) != ".zst" || durable.IsTemp(e.Name()) {
			continue
		}
		one, err := rewriteFile(ctx, fsys, decoder, path, dry, edit)
		if err != nil {
			return list, fmt.Errorf("rewrite kept responses: %w", err)
		}
		if one.Changed+one.Gone+one.UnreadableSize > 0 {
			list = append(list, one)
		}
	}
	return list, nil
}

func rewriteFile(ctx context.Context, fsys durable.FS, decoder *zstd.Decoder, path string, dry bool, edit Edit) (Rewritten, error) {
	one := Rewritten{Path: path}
	data, err := durable.ReadFile(fsys, path)
	if err != nil {
		return one, err
	}
	encoder, err := newEncoder()
	if err != nil {
		return one, err
	}
	var out bytes.Buffer
	for f := range frames(decoder, data) {
		if ctx.Err() != nil {
			return one, ctx.Err()
		}
		if f.text == nil {
			one.UnreadableSize += f.size
			continue
		}
		kept, changed := editFrame(f.text, &one, edit)
		switch {
		case !changed:
			out.Write(data[f.offset : f.offset+f.size])
		case len(kept) > 0:
			out.Write(encoder.EncodeAll(kept, nil))
		}
	}
	if dry || one.Changed+one.Gone+one.UnreadableSize == 0 {
		return one, nil
	}
	return one, durable.WriteFile(fsys, path, out.Bytes(), fileMode)
}

// editFrame returns what is left of the lines of a frame.
func editFrame(text []byte, one *Rewritten, edit Edit) (kept []byte, changed bool) {
	for line := range bytes.Lines(text) {
		line = bytes.TrimSuffix(line, []byte{'\n'})
		now := edit(line)
		switch {
		case now == nil:
			one.Gone, changed = one.Gone+1, true
			continue
		case !bytes.Equal(now, line):
			one.Changed, changed = one.Changed+1, true
		}
		kept = append(append(kept, now...), '\n')
	}
	return kept, changed
}
