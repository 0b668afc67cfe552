package redact

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"callmill/schema"
)

func TestNumberIsNormalized(t *testing.T) {
	tests := []struct{ name, number, want string }{
		{"mobile", "13900001111", "13900001111"},
		{"country code, spaces and hyphens", "+86 139-0000-1111", "13900001111"},
		{"international prefix", "008613900001111", "13900001111"},
		{"country code alone", "8613812345678", "13812345678"},
		{"full width", "１３９００００１１１１", "13900001111"},
		{"full width, country code", "＋８６ １３９ ００００ １１１１", "13900001111"},
		{"circled digits are compatibility forms", "①39 0000 1111", "13900001111"},
		{"Arabic-Indic digits count with their value", "١٣٩٠٠٠٠١١١١", "13900001111"},
		{"mathematical digits", "𝟏𝟑𝟗𝟎𝟎𝟎𝟎𝟏𝟏𝟏𝟏", "13900001111"},
		{"Adlam digits, beyond 16 bits", "\U0001E951\U0001E953\U0001E959", "139"},
		{"landline", "057126883106", "57126883106"},
		{"landline that lost its zero", "57126883106", "57126883106"},
		{"landline, country code, trunk zero", "+86(0571)2688 3106", "57126883106"},
		{"leading tab", "\t13900001111", "13900001111"},
		{"trailing no-break space", "13900001111\u00a0", "13900001111"},
		{"short number", "10086", "10086"},
		{"86 and 10 digits", "861234567890", "1234567890"},
		{"86 and 9 digits stays", "86123456789", "86123456789"},
		{"00, 86 and 9 digits stays", "0086123456789", "86123456789"},
		{"only one 00 is a prefix", "0000861390000111", "861390000111"},
		{"two numbers in one field", "13900001111,13900002222", "1390000111113900002222"},
		{"extension", "0571-26883106转8", "571268831068"},
		{"a decimal", "13900001111.0", "13900001111"},
		{"a decimal with an exponent", "1.3900001111E+10", "13900001111"},
		{"an exponent beyond the digits", "1.39e10", "13900000000"},
		{"a decimal in full width", "１３９００００１１１１．０", "13900001111"},
		{"a decimal with white space", "\t13900001111.00 ", "13900001111"},
		{"a decimal that is not whole", "13900001111.5", "139000011115"},
		{"points between groups", "139.0000.1111", "13900001111"},
		{"an extension", "0571-26883106.0", "571268831060"},
		{"masked", "139****1111", "1391111"},
		{"letters only", "unknown", ""},
		{"stars", "***", ""},
		{"zeros", "0000000", ""},
		{"86 alone", "86", "86"},
		{"empty", "", ""},
		{"invalid UTF-8", "139\xff0000\xc31111", "13900001111"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, _ := appendNumber([]byte("kept"), tt.number, false, nil)
			if string(got) != "kept"+tt.want {
				t.Errorf("appendNumber(%q) = %q, want %q", tt.number, got, "kept"+tt.want)
			}
		})
	}
}

// sum returns the contact key of a normalized number, by its definition.
func sum(key, digits string) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(digits))
	return hex.EncodeToString(mac.Sum(nil))[:32]
}

func TestKey(t *testing.T) {
	r := New(Options{Key: []byte("dataset key")})
	want := sum("dataset key", "13900001111")
	for _, number := range []string{"13900001111", "+86 139-0000-1111", "１３９００００１１１１", "008613900001111"} {
		if got := r.Key(number); got != want {
			t.Errorf("Key(%q) = %q, want %q", number, got, want)
		}
	}
	if got := r.Key("***"); got != "" {
		t.Errorf(`Key("***") = %q, want ""`, got)
	}
	if got := New(Options{Key: []byte("another key")}).Key("13900001111"); got == want {
		t.Error("two datasets share a contact key")
	}
}

// TestKeyOfAnEarlierDerivation: all digits of a decimal counted.
func TestKeyOfAnEarlierDerivation(t *testing.T) {
	for number, want := range map[string]string{"1.39E10": "13910", "13900001111.0": "139000011110", "１３９.0": "1390", "+86 139-0000-1111": "13900001111"} {
		if got := Keys([]byte("k"))(1)(number); got != sum("k", want) {
			t.Errorf("the key of %q is not that of %s", number, want)
		}
	}
	if Keys([]byte("k"))(2)("1.39E10") != New(Options{Key: []byte("k")}).Key("13900000000") {
		t.Error("the present derivation has another key")
	}
}

// The key of a known answer, computed with another program:
//
//	printf 57126883106 | openssl dgst -sha256 -hmac callmill
func TestKeyKnownAnswer(t *testing.T) {
	const want = "5970f188e9418ad71bf9b70e096a55ed"
	if got := New(Options{Key: []byte("callmill")}).Key("057126883106"); got != want {
		t.Errorf("Key = %q, want %q", got, want)
	}
}

func TestJob(t *testing.T) {
	j := schema.Job{
		Contacts: []schema.Contact{{PhoneNumber: "+8613900001111"}, {Name: "张三", Key: "stale"}},
		Tasks: []schema.Task{
			{CalledNumber: "13900001111", Contact: schema.Contact{PhoneNumber: "13900002222"}},
			{Contact: schema.Contact{PhoneNumber: "13900002222"}},
			{CalledNumber: "***", Contact: schema.Contact{PhoneNumber: "13900002222"}},
			{ContactKey: "stale"},
		},
	}
	New(Options{Key: []byte("k")}).Job(&j)

	one, two := sum("k", "13900001111"), sum("k", "13900002222")
	got := []string{j.Contacts[0].Key, j.Contacts[1].Key}
	for _, task := range j.Tasks {
		got = append(got, task.ContactKey)
	}
	if diff := cmp.Diff([]string{one, "", one, two, two, ""}, got); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
	if j.Contacts[0].PhoneNumber != "+8613900001111" {
		t.Errorf("the number was changed to %q", j.Contacts[0].PhoneNumber)
	}
}

func TestJobChangesNothingElse(t *testing.T) {
	j := schema.Job{JobID: "j", Tasks: []schema.Task{{TaskID: "t", CalledNumber: "13900001111"}}}
	before, _ := j.ContentHash(nil)
	New(Options{Key: []byte("k")}).Job(&j)
	if after, _ := j.ContentHash(nil); after != before {
		t.Error("contact keys changed the content hash")
	}
}

// What a Redactor caches never shows: each key is the one by definition,
// in any order of numbers, even if the bytes of a number are reused.
func TestKeyIsAFunctionOfTheDigits(t *testing.T) {
	r := New(Options{Key: []byte("k")})
	rapid.Check(t, func(t *rapid.T) {
		numbers := rapid.SliceOfN(rapid.StringMatching(`(\+86|0086|86|0)?[ -]?[0-9]{0,4}[１２３]?[0-3]{0,8}`), 1, 12).Draw(t, "numbers")
		for range 2 {
			for _, n := range numbers {
				digits, _ := appendNumber(nil, n, false, nil)
				want := ""
				if len(digits) > 0 {
					want = sum("k", string(digits))
				}
				if got := r.Key(n); got != want {
					t.Fatalf("Key(%q) = %q, want %q", n, got, want)
				}
			}
		}
	})
}

// The prefixes of a number do not change its key, nor do lost leading zeros.
func TestSpellingsJoin(t *testing.T) {
	r := New(Options{Key: []byte("k")})
	rapid.Check(t, func(t *rapid.T) {
		national := rapid.StringMatching(`[1-79][0-9]{9,10}`).Draw(t, "national")
		want := r.Key(national)
		for _, prefix := range []string{"0", "86", "+86", "0086", "+86 0", "0086-0", " "} {
			if got := r.Key(prefix + national); got != want {
				t.Fatalf("Key(%q) differs from Key(%q)", prefix+national, national)
			}
		}
	})
}

func FuzzKey(f *testing.F) {
	for _, s := range []string{"+86 139-0000-1111", "１３９", "***", "86" + strings.Repeat("0", 20), "a\u0328\xff"} {
		f.Add(s)
	}
	r := New(Options{Key: []byte("k")})
	f.Fuzz(func(t *testing.T, number string) {
		digits, _ := appendNumber(nil, number, false, nil)
		if len(digits) > 0 && digits[0] == '0' {
			t.Errorf("appendNumber(%q) = %q begins with a zero", number, digits)
		}
		if strings.Trim(string(digits), "0123456789") != "" {
			t.Errorf("appendNumber(%q) = %q is not all digits", number, digits)
		}
		if got := r.Key(number); (got == "") != (len(digits) == 0) || got != "" && len(got) != 32 {
			t.Errorf("Key(%q) = %q", number, got)
		}
	})
}

// This holds for ASCII: norm allocates its state for other numbers.
func TestKeyAllocatesOnlyItsResult(t *testing.T) {
	r := New(Options{Key: []byte("k")})
	numbers := []string{"13900000001", "13900000002", "13900000003", "13900000004", "139-0000-0005", "+86 139 0000 0006"}
	for _, n := range numbers {
		r.Key(n)
	}
	if got := testing.AllocsPerRun(100, func() {
		for _, n := range numbers {
			r.Key(n)
		}
	}); got > float64(len(numbers)) {
		t.Errorf("%v allocations for %d numbers", got, len(numbers))
	}
	if got := testing.AllocsPerRun(100, func() { r.Key(numbers[0]) }); got != 0 {
		t.Errorf("%v allocations for a number just seen", got)
	}
}

func BenchmarkKey(b *testing.B) {
	numbers := []string{"13900000001", "13900000002", "13900000003", "13900000004", "13900000005", "13900000006"}
	r := New(Options{Key: []byte("k")})
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		r.Key(numbers[i%len(numbers)])
	}
}
