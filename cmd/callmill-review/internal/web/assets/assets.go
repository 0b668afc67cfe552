// Package assets serves the static files of the desk, and compresses what handlers write.
package assets

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"
)

// Files are static files. Each has a part of its hash in links, so that browsers may keep
// it for good. Safe for concurrent use.
type Files struct{ byName map[string]file }

type file struct {
	body []byte
	tag  string // part of its hash
	kind string
}

// New returns the files below a folder of fsys, which are served at their paths.
func New(fsys fs.FS, folder string) (*Files, error) {
	a := &Files{map[string]file{}}
	err := fs.WalkDir(fsys, folder, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(body)
		a.byName["/"+name] = file{body, hex.EncodeToString(sum[:8]), mime.TypeByExtension(path.Ext(name))}
		return nil
	})
	return a, err
}

// URL returns the link to a file, by its path.
func (a *Files) URL(name string) string { return name + "?v=" + a.byName[name].tag }

// ServeHTTP serves a file.
func (a *Files) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f, ok := a.byName[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("ETag", `"`+f.tag+`"`)
	w.Header().Set("Content-Type", f.kind)
	w.Header().Set("Cache-Control", "no-cache") // asked again by its tag
	if r.URL.Query().Get("v") == f.tag {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	http.ServeContent(w, r, r.URL.Path, time.Time{}, bytes.NewReader(f.body))
}

// Compressed compresses what a handler writes, where the browser understands that and it
// is text.
func Compressed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead || !acceptsGzip(r.Header.Get("Accept-Encoding")) || r.Header.Get("Range") != "" {
			next.ServeHTTP(w, r)
			return
		}
		c := &compressor{ResponseWriter: w}
		defer c.close()
		next.ServeHTTP(c, r)
	})
}

func acceptsGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, quality, _ := strings.Cut(strings.TrimSpace(part), ";")
		if name == "gzip" && strings.TrimSpace(quality) != "q=0" {
			return true
		}
	}
	return false
}

// compressors are kept: each has some hundred kilobytes of tables.
var compressors = sync.Pool{New: func() any {
	z, _ := gzip.NewWriterLevel(io.Discard, gzip.BestSpeed) // the level is one
	return z
}}

type compressor struct {
	http.ResponseWriter
	zip    *gzip.Writer // nil: as it is
	header bool
}

// Unwrap is for http.ResponseController.
func (c *compressor) Unwrap() http.ResponseWriter { return c.ResponseWriter }

func (c *compressor) WriteHeader(status int) {
	if c.header {
		return
	}
	c.header = true
	h := c.Header()
	h.Add("Vary", "Accept-Encoding")
	kind, _, _ := strings.Cut(h.Get("Content-Type"), ";")
	text := strings.HasPrefix(kind, "text/") || kind == "application/json" || kind == "image/svg+xml"
	if text && h.Get("Content-Encoding") == "" && status != http.StatusNoContent && status != http.StatusNotModified && status >= 200 {
		h.Set("Content-Encoding", "gzip")
		h.Del("Content-Length")
		if tag := h.Get("ETag"); tag != "" && !strings.HasPrefix(tag, "W/") {
			h.Set("ETag", "W/"+tag)
		}
		c.zip, _ = compressors.Get().(*gzip.Writer)
		c.zip.Reset(c.ResponseWriter)
	}
	c.ResponseWriter.WriteHeader(status)
}

func (c *compressor) Write(p []byte) (int, error) {
	if !c.header {
		if c.Header().Get("Content-Type") == "" {
			c.Header().Set("Content-Type", http.DetectContentType(p))
		}
		c.WriteHeader(http.StatusOK)
	}
	if c.zip != nil {
		return c.zip.Write(p)
	}
	return c.ResponseWriter.Write(p)
}

// FlushError sends what was written so far.
func (c *compressor) FlushError() error {
	if c.zip != nil {
		if err := c.zip.Flush(); err != nil {
			return err
		}
	}
	return http.NewResponseController(c.ResponseWriter).Flush()
}

func (c *compressor) close() {
	if c.zip == nil {
		return
	}
	_ = c.zip.Close() // the client is gone, else
	c.zip.Reset(io.Discard)
	compressors.Put(c.zip)
}
