package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"callmill/cmd/internal/exit"
	"callmill/pipeline/simulate"
	"callmill/pipeline/simulate/api"
	"callmill/schema"
)

// TestPullMemory: what a pull needs does not grow with the number of jobs.
func TestPullMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: measures memory")
	}
	jobs, least := 3_000, int64(10_000)
	if thorough() {
		jobs, least = 130_000, 1_000_000
	}
	const most = 300 << 20 // beyond the dictionary, which a pull of hardly anything loads, too
	binary := build(t)
	t.Setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", api.AccessKeyID)
	t.Setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", api.AccessKeySecret)
	pull := func(jobs int) (ran, string) {
		served := simulatedAPI(t, simulate.Options{People: jobs}, api.Options{})
		data := filepath.Join(t.TempDir(), "data")
		args := []string{"pull", "--endpoint", served.url, "--instance", "x", "--out", data, "--qps", "1000", "--progress", "none"}
		r := run(t, binary, append(args, wholeWorld...)...)
		if t.Log(r); r.code != exit.Done {
			t.Fatalf("exit code %d", r.code)
		}
		return r, data
	}
	small, _ := pull(20)
	large, data := pull(jobs)
	turns := manifestOf(t, data).Table(schema.TableTurns).Rows
	t.Logf("%d MB for %d turns, %d MB for hardly any", large.memory>>20, turns, small.memory>>20)
	if turns < least {
		t.Fatalf("%d turns, want %d", turns, least)
	}
	if large.memory-small.memory > most {
		t.Errorf("%d MB beyond those of a small pull, want at most %d", (large.memory-small.memory)>>20, most>>20)
	}
}

// TestPullMemoryOfLargeAnswers: answers of 40 MB that come at the same time, each
// to a request in flight, do not add up. It was 1.9 GB when they did.
func TestPullMemoryOfLargeAnswers(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: measures memory")
	}
	const answers, size = 16, 40 << 20
	binary := build(t)
	t.Setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", api.AccessKeyID)
	t.Setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", api.AccessKeySecret)
	simulated := simulatedAPI(t, simulate.Options{People: answers * 99}, api.Options{})
	cases := []struct {
		name string
		// end replaces the end of an answer, }, so that it has as many bytes more.
		end  func(w io.Writer, bytes int)
		most int64
	}{
		{"a field nobody knows", func(w io.Writer, bytes int) {
			fmt.Fprint(w, `,"Filler":"`)
			fill(w, "x", bytes)
			fmt.Fprint(w, `"}`)
		}, 600 << 20},
		{"lines", func(w io.Writer, bytes int) {
			fmt.Fprint(w, `,"Filler":[`)
			fill(w, "\n  17,", bytes)
			fmt.Fprint(w, "0]}")
		}, 800 << 20},
		{"turns", func(w io.Writer, bytes int) {
			fmt.Fprint(w, `,"More":[`)
			fill(w, `{"Timestamp":1769000000000,"Speaker":"Robot","Script":"您好，请问是王先生吗？"},`, bytes)
			fmt.Fprint(w, `0]}`)
		}, 600 << 20},
	}
	if !thorough() {
		cases = cases[:1] // the others take half a minute and more
	}
	for _, w := range cases {
		t.Run(w.name, func(t *testing.T) {
			var grown atomic.Int64
			server := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
				answer := httptest.NewRecorder()
				simulated.ServeHTTP(answer, r)
				text := answer.Body.Bytes()
				for name, values := range answer.Header() {
					out.Header()[name] = values
				}
				out.Header().Del("Content-Length")
				out.WriteHeader(answer.Code)
				if end := bytes.LastIndexByte(text, '}'); answer.Code == http.StatusOK && strings.Contains(r.URL.RawQuery, "JobId.2=") {
					grown.Add(1)
					_, _ = out.Write(text[:end]) // a client that has gone does not read it
					w.end(out, size)
					return
				}
				_, _ = out.Write(text)
			}))
			defer server.Close()
			data := filepath.Join(t.TempDir(), "data")
			args := []string{"pull", "--endpoint", server.URL, "--instance", "x", "--out", data, "--qps", "1000", "--progress", "none"}
			r := run(t, binary, append(args, wholeWorld...)...)
			if t.Logf("%s; %d large answers", r, grown.Load()); r.code != exit.Done {
				t.Fatalf("exit code %d", r.code)
			}
			if jobs := manifestOf(t, data).Table(schema.TableJobs).Rows; jobs != answers*99 || grown.Load() < answers {
				t.Fatalf("%d jobs in %d large answers", jobs, grown.Load())
			}
			if r.memory > w.most {
				t.Errorf("%d MB, want at most %d", r.memory>>20, w.most>>20)
			}
		})
	}
}

// fill writes a text again and again, so many bytes or a few more.
func fill(w io.Writer, text string, bytes int) {
	block := []byte(strings.Repeat(text, 1+(1<<16)/len(text)))
	for written := 0; written < bytes; written += len(block) {
		if _, err := w.Write(block); err != nil {
			return // the client has gone
		}
	}
}
