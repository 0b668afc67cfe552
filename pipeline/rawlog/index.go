package rawlog

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"time"

	"github.com/klauspost/compress/zstd"

	"callmill/pipeline/internal/durable"
	"callmill/schema"
)

// read indexes the lines of one file, and cuts off what is torn at its end by
// replacing the file; nothing is left of one without a whole frame.
func (k *kept) read(fsys durable.FS, path string) error {
	data, err := durable.ReadFile(fsys, path)
	if err != nil {
		return err
	}
	end := k.index(data)
	switch {
	case end == len(data):
	case end == 0:
		if err := fsys.Remove(path); err != nil {
			return err
		}
		return durable.SyncDir(fsys, filepath.Dir(path))
	default:
		if err := durable.WriteFile(fsys, path, data[:end], fileMode); err != nil {
			return err
		}
	}
	file, err := fsys.Open(path)
	if err == nil {
		k.files = append(k.files, file)
	}
	return err
}

// index indexes the lines of the file that will be the next of k.files, and
// returns where its whole frames end.
func (k *kept) index(data []byte) (end int) {
	for {
		size := frameSize(data[end:])
		if size == 0 {
			return end
		}
		text, err := k.decoder.DecodeAll(data[end:end+size], nil)
		if err != nil {
			return end
		}
		at := place{len(k.files), int64(end), int64(size)}
		from := 0
		for line := range bytes.Lines(text) {
			to := from + len(line)
			k.note(position{place: at, from: from, to: from + len(bytes.TrimRight(line, "\n"))}, line)
			from = to
		}
		end += size
	}
}

// frameSize measures the frame that data begins with, without decompressing it
// (RFC 8878, section 3.1.1): a header, blocks with their sizes, a checksum. It is
// 0 where the frame is torn.
func frameSize(data []byte) int {
	var header zstd.Header
	if header.Decode(data) != nil || header.Skippable {
		return 0
	}
	const rle, reserved = 1, 3
	end := header.HeaderSize
	for last := false; !last; {
		if len(data)-end < 3 {
			return 0
		}
		bits := int(data[end]) | int(data[end+1])<<8 | int(data[end+2])<<16
		last = bits&1 != 0
		size := bits >> 3
		switch bits >> 1 & 3 {
		case rle:
			size = 1
		case reserved:
			return 0
		}
		end += 3 + size
	}
	if header.HasCheckSum {
		end += 4
	}
	if end > len(data) {
		return 0
	}
	return end
}

// note indexes a line by what it answers. Text that is not a raw line answers
// nothing.
func (k *kept) note(p position, text []byte) {
	var line schema.RawLine
	if json.Unmarshal(text, &line) != nil {
		return
	}
	at, err := time.Parse(time.RFC3339, line.ObservedAt)
	if err != nil {
		return
	}
	p.observedAt = at.UnixMilli()
	n := len(k.lines)
	k.lines = append(k.lines, p)
	if line.Action != schema.ActionListJobs {
		key := requestKey(line.InstanceID, line.Action, line.Asked)
		k.requests[key] = append(k.requests[key], n)
		k.actions[line.Action] = append(k.actions[line.Action], n)
		return
	}
	if line.Unfetched() != nil {
		return // an id that was given up is tried again
	}
	for _, id := range line.Asked.JobIDs {
		k.jobs[schema.JobKey(nil, line.InstanceID, id)] = n
	}
}

func requestKey(instanceID, action string, asked schema.RawAsked) string {
	text, _ := json.Marshal(asked) // maps are marshalled in the order of their keys
	return instanceID + "\x00" + action + "\x00" + string(text)
}
