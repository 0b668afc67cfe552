//go:build cgo

package site

import "embed"

//go:embed templates/*.html static/*
var files embed.FS
