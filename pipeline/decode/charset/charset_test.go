package charset_test

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"testing/iotest"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"callmill/pipeline/decode/charset"
)

func encoded(t *testing.T, text string, e interface{ Bytes([]byte) ([]byte, error) }) string {
	t.Helper()
	b, err := e.Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestDecode: every charset that is detected, read whole and as a stream.
func TestDecode(t *testing.T) {
	const declaration = `<?xml version="1.0" encoding="GBK"?>`
	utf16 := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder()
	for name, c := range map[string]struct {
		body, want string
		notes      charset.Notes
	}{
		"UTF-8":             {`{"a":"你"}`, `{"a":"你"}`, charset.Notes{}},
		"UTF-8 with a mark": {"\xef\xbb\xbf{}", "{}", charset.Notes{Mark: true}},
		"invalid JSON":      {"{\"a\":\"\xff\"}", "{\"a\":\"\xff\"}", charset.Notes{}},
		"cut XML":           {"<a>\xe3\xba", "<a>\uFFFD\uFFFD", charset.Notes{Repaired: true}},
		"invalid XML":       {"<a>\xff</a>", "<a>\uFFFD</a>", charset.Notes{Repaired: true}},
		"UTF-16":            {"\xff\xfe" + encoded(t, `{"a":"你"}`, utf16), `{"a":"你"}`, charset.Notes{Mark: true, Transcoded: true}},
		"UTF-16 undeclared": {encoded(t, `{"a":"你"}`, utf16), `{"a":"你"}`, charset.Notes{Transcoded: true}},
		"GBK":               {encoded(t, declaration+"<a>你</a>", simplifiedchinese.GBK.NewEncoder()), "<a>你</a>", charset.Notes{Transcoded: true}},
		"UTF-8 as declared": {`<?xml version="1.0" encoding="utf-8"?><a/>`, `<?xml version="1.0" encoding="utf-8"?><a/>`, charset.Notes{}},
		"nothing":           {"", "", charset.Notes{}},
		"a declaration cut": {`<?xml version="1.0" enc`, `<?xml version="1.0" enc`, charset.Notes{}},
	} {
		text, notes, err := charset.Decode([]byte(c.body))
		if err != nil || string(text) != c.want || notes != c.notes {
			t.Errorf("%s: %q %+v %v, want %q %+v", name, text, notes, err, c.want, c.notes)
		}
		in, err := charset.NewReader(iotest.OneByteReader(bytes.NewReader([]byte(c.body))))
		if err != nil {
			t.Fatal(err)
		}
		if stream, err := io.ReadAll(in); err != nil || string(stream) != c.want {
			t.Errorf("%s as a stream: %q %v, want %q", name, stream, err, c.want)
		}
	}
}

// TestUnsupported: a charset that is declared and not known is the input's
// fault; an error of the input is not.
func TestUnsupported(t *testing.T) {
	body := []byte(`<?xml version="1.0" encoding="x-none"?><a/>`)
	if _, _, err := charset.Decode(body); err == nil {
		t.Error("no error")
	}
	_, err := charset.NewReader(bytes.NewReader(body))
	if _, is := errors.AsType[*charset.Unsupported](err); !is {
		t.Errorf("got %v", err)
	}
	broken := errors.New("broken")
	if _, err := charset.NewReader(iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}
