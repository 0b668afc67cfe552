package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"callmill/cmd/internal/exit"
	"callmill/pipeline/dataset"
	"callmill/pipeline/decode"
	sources "callmill/pipeline/source"
	"callmill/schema"
)

// TestLineOnDamagedInput converts random responses, some of them damaged.
// Whatever is left of them, nothing is lost from sight: what was seen is
// published or rejected, the tables hold each accepted job once, and their
// rows belong together.
func TestLineOnDamagedInput(t *testing.T) {
	dir := t.TempDir()
	round := 0
	rapid.Check(t, func(r *rapid.T) {
		round++
		inputs := filepath.Join(dir, fmt.Sprint(round))
		data := inputs + "-data"
		defer os.RemoveAll(inputs)
		defer os.RemoveAll(data)
		for i, text := range rapid.SliceOfN(rapid.Custom(drawResponse), 1, 3).Draw(r, "responses") {
			writeInput(r, filepath.Join(inputs, fmt.Sprintf("%d.json", i)), text)
		}
		accepted, rejects := decodeAll(r, inputs)

		var stdout, stderr bytes.Buffer
		args := []string{"convert", inputs, "--out", data, "--progress", "none", "--allow-rejects", "100%"}
		if code := Main(args, nil, &stdout, &stderr); code != exit.Done {
			r.Fatalf("exit code %d: %s", code, &stderr)
		}
		seen := int64(rejects)
		for _, versions := range accepted {
			seen += versions
		}
		counts := readCounts(r, data)
		if !counts.Balanced() || counts.Seen != seen || counts.Rejected != int64(rejects) || counts.New != int64(len(accepted)) {
			r.Errorf("counts %+v; decoded are %d jobs in %d, %d rejects", counts, len(accepted), seen, rejects)
		}
		checkTables(r, filepath.Join(data, "latest"), accepted)
	})
}

// drawResponse draws a response, mostly as it should be.
func drawResponse(r *rapid.T) string {
	text, err := json.Marshal(object{"RequestId": "r", "Jobs": rapid.SliceOfN(rapid.Custom(drawJob), 0, 4).Draw(r, "jobs")})
	if err != nil {
		r.Fatal(err)
	}
	if len(text) == 0 || rapid.IntRange(0, 2).Draw(r, "damaged") > 0 {
		return string(text)
	}
	at := rapid.IntRange(0, len(text)-1).Draw(r, "at")
	end := min(len(text), at+rapid.IntRange(1, 40).Draw(r, "length"))
	switch rapid.SampledFrom([]string{"cut", "removed", "twice", "noise"}).Draw(r, "damage") {
	case "cut":
		return string(text[:at])
	case "removed":
		return string(text[:at]) + string(text[end:])
	case "twice":
		return string(text[:end]) + string(text[at:])
	default:
		noise := rapid.SliceOfN(rapid.Byte(), 1, 8).Draw(r, "noise")
		return string(text[:at]) + string(noise) + string(text[at:])
	}
}

// drawJob draws a job from a few ids, so that some come twice.
func drawJob(r *rapid.T) any {
	var tasks []any
	for n := range rapid.IntRange(0, 2).Draw(r, "tasks") {
		tasks = append(tasks, object{
			"TaskId":       fmt.Sprintf("t%d", n),
			"Status":       rapid.SampledFrom([]string{"SucceededFinish", "NoAnswer", "Mumbling", ""}).Draw(r, "status"),
			"ActualTime":   rapid.SampledFrom([]int64{0, 1579068424883, 1579968424883, -5, 1 << 60}).Draw(r, "time"),
			"Conversation": rapid.SliceOfN(rapid.Custom(drawTurn), 0, 4).Draw(r, "turns"),
		})
	}
	return object{"JobId": rapid.SampledFrom([]string{"a", "b", "c", "d", ""}).Draw(r, "job"), "Tasks": tasks}
}

func drawTurn(r *rapid.T) any {
	return object{
		"Speaker": rapid.SampledFrom([]string{"Robot", "Contact", ""}).Draw(r, "speaker"),
		"Script":  rapid.OneOf(rapid.String(), rapid.StringOf(rapid.RuneFrom([]rune("您好，请问是张先生吗？１2 ３.5元2026-01-21ａBc")))).Draw(r, "script"),
	}
}

func writeInput(r *rapid.T, path, text string) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		r.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		r.Fatal(err)
	}
}

// decodeAll counts the versions of each job, and the rejects, in a folder.
func decodeAll(r *rapid.T, inputs string) (accepted map[string]int64, rejects int) {
	accepted = map[string]int64{}
	files, err := sources.Open([]string{inputs}, sources.Options{ObservedAt: 1, Cut: cut})
	if err != nil {
		r.Fatal(err)
	}
	decoder := decode.New(decode.Options{})
	err = files.Raws(context.Background(), func(raw *schema.Raw) error {
		for found := range decoder.Items(raw) {
			if found.Reject != nil {
				rejects++
			} else {
				accepted[strings.Clone(found.Job.JobID)]++ // it is valid until the next one
			}
		}
		return nil
	})
	if err != nil {
		r.Fatal(err)
	}
	return accepted, rejects
}

// readCounts is what the only run's file says.
func readCounts(r *rapid.T, data string) dataset.Counts {
	files, _ := filepath.Glob(filepath.Join(data, "runs", "*.json"))
	if len(files) != 1 {
		r.Fatalf("%d files of runs", len(files))
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		r.Fatal(err)
	}
	var run struct {
		Published struct{ Counts dataset.Counts }
	}
	if err := json.Unmarshal(text, &run); err != nil {
		r.Fatal(err)
	}
	return run.Published.Counts
}

// checkTables checks that there is each accepted job and nothing that belongs
// to none.
func checkTables(r *rapid.T, latest string, accepted map[string]int64) {
	tasks, turns := map[string]int32{}, map[string]int32{} // of each job, of each task
	for row := range all[schema.JobRow](r, latest, schema.TableJobs) {
		if _, twice := tasks[row.JobID]; twice || accepted[row.JobID] == 0 {
			r.Errorf("job %q is published twice or was never accepted", row.JobID)
		}
		tasks[row.JobID] = row.TaskCount
	}
	if len(tasks) != len(accepted) {
		r.Errorf("%d jobs are published, accepted were %d", len(tasks), len(accepted))
	}
	for row := range all[schema.TaskRow](r, latest, schema.TableTasks) {
		tasks[row.JobID]--
		turns[row.JobID+"/"+row.TaskID] = row.TurnCount
	}
	for row := range all[schema.TurnRow](r, latest, schema.TableTurns) {
		turns[row.JobID+"/"+row.TaskID]--
		if joined := strings.Join(row.Tokens, ""); joined != row.Script {
			r.Errorf("the tokens of %q join to %q", row.Script, joined)
		}
	}
	for job, left := range tasks {
		if left != 0 {
			r.Errorf("job %s: task_count less its tasks is %d", job, left)
		}
	}
	for task, left := range turns {
		if left != 0 {
			r.Errorf("task %s: turn_count less its turns is %d", task, left)
		}
	}
}
