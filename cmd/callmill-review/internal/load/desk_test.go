//go:build cgo

package main

import (
	"bytes"
	"context"
	"log/slog"
	"net/url"
	"os"
	"testing"
	"time"

	"callmill/cmd/callmill-review/internal/published"
	"callmill/cmd/callmill-review/internal/rules"
	"callmill/cmd/callmill-review/internal/web"
	"callmill/pipeline/simulate"
)

// While the dataset is published again and again, no page fails.
func TestPublishesUnderLoad(t *testing.T) {
	publishes, lasts := "50", "40s"
	if testing.Short() {
		publishes, lasts = "6", "8s"
	}
	worlds := published.In(t.TempDir())
	made, _ := worlds.Converted(t, simulate.Options{People: 300})
	dir := published.Copy(t, made)
	for seed := range uint64(2) {
		world, err := simulate.New(simulate.Options{People: 20, Seed: 80 + seed})
		if err != nil {
			t.Fatal(err)
		}
		worlds.Convert(t, world, dir)
	}
	book, err := rules.Starter()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	where, loaded, served := make(chan string, 1), make(chan struct{}), make(chan error, 1)
	go func() {
		served <- web.Serve(ctx, web.Options{
			Dir: dir, Desk: t.TempDir(), Listen: "127.0.0.1:0", Local: "load", Rules: book, Now: time.Now, Log: slog.New(slog.NewTextHandler(os.Stderr, nil)),
			Listening: func(at string) { where <- at },
			Loaded:    func(string, time.Duration) { close(loaded) },
		})
	}()
	select {
	case <-loaded:
	case err := <-served:
		t.Fatal(err)
	}
	at, err := url.Parse(<-where)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if code := run(t.Context(), []string{
		"--url", at.String(), "--readers", "8", "--think", "50ms", "--for", lasts, "--publish", dir, "--publishes", publishes, "--every", "400ms",
	}, &out, &out); code != 0 {
		t.Errorf("exit code %d\n%s", code, &out)
	}
	t.Logf("\n%s", &out)
	stop()
	if err := <-served; err != nil {
		t.Error(err)
	}
}
