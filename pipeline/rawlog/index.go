package rawlog

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"callmill/pipeline/internal/durable"
	"callmill/schema"
)

// read indexes the lines of one file, and cuts off what is torn at its end.
func (k *kept) read(fsys durable.FS, path string) error {
	file, err := fsys.Open(path)
	if err != nil {
		return err
	}
	end, err := k.index(file)
	if err != nil {
		file.Close()
		return fmt.Errorf("read %s: %w", path, err)
	}
	info, err := file.Stat()
	if err != nil || info.Size() == end {
		k.files = append(k.files, file)
		return err
	}
	if err := cut(fsys, path, file, end); err != nil {
		return err
	}
	if end == 0 {
		return nil
	}
	whole, err := fsys.Open(path)
	if err == nil {
		k.files = append(k.files, whole)
	}
	return err
}

// index indexes the lines of the file that will be the next of k.files, and
// returns where its whole frames end.
func (k *kept) index(file durable.Reader) (end int64, err error) {
	for {
		f, err := frameAt(file, end)
		if errors.Is(err, errTorn) {
			return end, nil
		}
		if err != nil {
			return end, err
		}
		at := place{len(k.files), f}
		text, err := k.decompress(file, f)
		if errors.Is(err, errTorn) {
			return end, nil
		}
		if err != nil {
			return end, err
		}
		k.note(at, text)
		end += f.size
	}
}

// note indexes the lines of a frame.
func (k *kept) note(at place, text []byte) {
	from := 0
	for line := range bytes.Lines(text) {
		to := from + len(line)
		k.answer(position{place: at, from: from, to: from + len(bytes.TrimRight(line, "\n"))}, line)
		from = to
	}
}

// answer indexes a line by what it answers. Text that is not a raw line answers
// nothing.
func (k *kept) answer(p position, text []byte) {
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
	if k.jobs == nil {
		k.jobs, k.requests, k.actions = map[schema.Key]int{}, map[string][]int{}, map[string][]int{}
	}
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

func (k *kept) close() {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, f := range k.files {
		f.Close()
	}
	if k.decoder != nil {
		k.decoder.Close()
	}
	k.files, k.decoder = nil, nil
}

// cut truncates a file by replacing it; a file of no bytes is removed.
func cut(fsys durable.FS, path string, file durable.Reader, end int64) error {
	whole := make([]byte, end)
	err := readFull(file, whole, 0)
	if e := file.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	if end > 0 {
		return durable.WriteFile(fsys, path, whole, fileMode)
	}
	if err := fsys.Remove(path); err != nil {
		return err
	}
	return durable.SyncDir(fsys, filepath.Dir(path))
}
