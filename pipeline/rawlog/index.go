package rawlog

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"time"

	"callmill/pipeline/internal/durable"
	"callmill/schema"
)

// read indexes the lines of one file, and cuts out what is damaged, and off what is
// torn at its end, by replacing the file; nothing is left of one without a whole
// frame.
func (k *kept) read(fsys durable.FS, path string) error {
	data, err := durable.ReadFile(fsys, path)
	if err != nil {
		return err
	}
	whole := k.index(data)
	switch {
	case len(whole) == len(data):
	case len(whole) == 0:
		return durable.ChangeDir(fsys, filepath.Dir(path), func() error { return fsys.Remove(path) })
	default:
		if err := durable.WriteFile(fsys, path, whole, fileMode); err != nil {
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
// moves its whole frames together at the beginning of data.
func (k *kept) index(data []byte) (whole []byte) {
	end := 0
	for f := range frames(k.decoder, data) {
		if f.text == nil {
			continue
		}
		at := place{len(k.files), int64(end), int64(f.size)}
		end += copy(data[end:], data[f.offset:f.offset+f.size])
		from := 0
		for line := range bytes.Lines(f.text) {
			to := from + len(line)
			k.note(position{place: at, from: from, to: from + len(bytes.TrimRight(line, "\n"))}, line)
			from = to
		}
	}
	return data[:end]
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
