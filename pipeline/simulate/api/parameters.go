package api

import (
	"cmp"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

const (
	// MaxIDs is how many job ids ListJobs accepts.
	MaxIDs = 99
	// MaxPageSize is how many rows a page of a list may have.
	MaxPageSize = 100
)

// parameters are the parameters of query and form.
type parameters struct{ values url.Values }

// readParameters parses the query and the body of a request. The query takes
// precedence.
func readParameters(rawQuery, contentType string, body []byte) (parameters, url.Values, *refusal) {
	query, err := url.ParseQuery(rawQuery)
	if err != nil {
		return parameters{}, nil, invalid("query", "it is not well formed")
	}
	all := make(url.Values, len(query))
	if kind, _, _ := mime.ParseMediaType(contentType); kind == "application/x-www-form-urlencoded" {
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return parameters{}, nil, invalid("body", "it is not a well-formed form")
		}
		for name, values := range form {
			all[name] = values
		}
	}
	for name, values := range query {
		all[name] = values
	}
	return parameters{all}, query, nil
}

// text returns a parameter, "" if it is missing.
func (p parameters) text(name string) string { return p.values.Get(name) }

// need returns a required parameter.
func (p parameters) need(name string) (string, *refusal) {
	if v := p.text(name); v != "" {
		return v, nil
	}
	return "", missing(name)
}

// number returns an integer parameter, nil if it is missing.
func (p parameters) number(name string) (*int64, *refusal) {
	text := p.text(name)
	if text == "" {
		return nil, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return nil, invalid(name, "it is not a whole number")
	}
	return &n, nil
}

// flag returns a boolean parameter, false if it is missing.
func (p parameters) flag(name string) (bool, *refusal) {
	switch strings.ToLower(p.text(name)) {
	case "", "false":
		return false, nil
	case "true":
		return true, nil
	}
	return false, invalid(name, "it is neither true nor false")
}

// list returns the elements of a comma-separated parameter.
func (p parameters) list(name string) []string {
	var list []string
	for part := range strings.SplitSeq(p.text(name), ",") {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}

// page reads PageNumber, from 1, and PageSize; both are required. first is the
// index of the page's first row.
func (p parameters) page() (first, size int, refused *refusal) {
	for _, name := range []string{"PageNumber", "PageSize"} {
		if _, refused := p.need(name); refused != nil {
			return 0, 0, refused
		}
	}
	number, refused := p.number("PageNumber")
	if refused != nil {
		return 0, 0, refused
	}
	size, refused = p.pageSize(0)
	if refused != nil {
		return 0, 0, refused
	}
	if *number < 1 || *number > maxPage {
		return 0, 0, invalid("PageNumber", "pages are counted from 1")
	}
	return int(*number-1) * size, size, nil
}

// maxPage keeps the index of a row within an int32.
const maxPage = 1 << 24

func (p parameters) pageSize(byDefault int) (int, *refusal) {
	size, refused := p.number("PageSize")
	switch {
	case refused != nil:
		return 0, refused
	case size == nil:
		return byDefault, nil
	case *size < 1 || *size > MaxPageSize:
		return 0, invalid("PageSize", fmt.Sprintf("it must be from 1 to %d", MaxPageSize))
	}
	return int(*size), nil
}

// repeated returns the values of Name.1, Name.2 …, in the order of the numbers.
func (p parameters) repeated(name string) ([]string, *refusal) {
	type entry struct {
		number int
		value  string
	}
	var entries []entry
	for key, values := range p.values {
		digits, ok := strings.CutPrefix(key, name+".")
		if !ok {
			continue
		}
		n, err := strconv.Atoi(digits)
		if err != nil || n < 1 || strconv.Itoa(n) != digits {
			return nil, invalid(key, "elements are numbered from 1")
		}
		if values[0] != "" {
			entries = append(entries, entry{n, values[0]})
		}
	}
	slices.SortFunc(entries, func(a, b entry) int { return cmp.Compare(a.number, b.number) })
	list := make([]string, len(entries))
	for i, e := range entries {
		list[i] = e.value
	}
	return list, nil
}

// wantsXML reports whether the answer is XML. The parameter takes precedence over
// the header; the default is JSON.
func wantsXML(p parameters, header http.Header) (bool, *refusal) {
	switch format := strings.ToUpper(p.text("Format")); format {
	case "XML", "JSON":
		return format == "XML", nil
	case "":
		accept, _, _ := mime.ParseMediaType(header.Get("Accept"))
		return accept == "application/xml" || accept == "text/xml", nil
	}
	return false, &refusal{status: http.StatusBadRequest, code: "InvalidParameter.Format", message: "Specified parameter format is not valid."}
}
