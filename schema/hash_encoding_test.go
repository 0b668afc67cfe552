package schema_test

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"callmill/schema"
)

// hashedTypes are the nouns with fields that are hashed.
var hashedTypes = []reflect.Type{
	reflect.TypeFor[schema.Job](), reflect.TypeFor[schema.Task](), reflect.TypeFor[schema.Turn](),
	reflect.TypeFor[schema.Contact](), reflect.TypeFor[schema.Extra](), reflect.TypeFor[schema.Summary](),
}

// TestHashNumbers compares the numbers of the hashed fields with the list of all
// that were ever given: a number that is lost or changes its field would make two
// versions of callmill hash the same content differently, or different contents
// alike. Lines are only ever added.
func TestHashNumbers(t *testing.T) {
	path := filepath.Join("testdata", "hash_fields.txt")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	given := map[string]string{} // field by type and number
	for line := range strings.Lines(string(text)) {
		if line, _, _ = strings.Cut(line, "#"); strings.TrimSpace(line) == "" {
			continue
		}
		words := strings.Fields(line)
		if len(words) != 3 {
			t.Fatalf("%s: line %q: want type, number and field", path, line)
		}
		place := words[0] + " " + words[1]
		if _, twice := given[place]; twice {
			t.Errorf("%s: %s is given twice", path, place)
		}
		given[place] = words[2]
	}
	for _, typ := range hashedTypes {
		for field := range typ.Fields() {
			number, hashed := numberOf(field, true)
			if !hashed {
				continue
			}
			place := fmt.Sprint(typ.Name(), " ", number)
			switch name, ok := given[place]; {
			case number < 1 || number > 127:
				t.Errorf("%s.%s: invalid number %d: want 1 to 127", typ.Name(), field.Name, number)
			case !ok:
				t.Errorf("%s has no line `%s %s`", path, place, field.Name)
			case name != field.Name:
				t.Errorf("%s.%s has the number %d, which is that of %s", typ.Name(), field.Name, number, name)
			}
		}
	}
}

func numberOf(field reflect.StructField, redacted bool) (number int, hashed bool) {
	tag, hashed := field.Tag.Lookup("hash")
	if !hashed && redacted {
		tag, hashed = field.Tag.Lookup("redacted")
	}
	number, _ = strconv.Atoi(tag) // 0 is no number
	return number, hashed
}

// TestContentHashEncoding compares ContentHash, which is written by hand for its
// speed, with an encoder that follows its comment and the tags by reflection.
func TestContentHashEncoding(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		job := drawHashed(t)
		if got, _ := job.ContentHash(nil); got != hashOf(encode(reflect.ValueOf(job), job.Redacted)) {
			t.Fatalf("%s is not the hash of the encoding of %+v", got, job)
		}
	})
}

// TestLaterFieldsLeaveHashesAlone adds a field of every kind to all nouns, as a
// later version may: jobs without a value in them keep their hash, a value in any
// of them changes it.
func TestLaterFieldsLeaveHashesAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		job := drawHashed(t)
		later := reflect.New(laterType(reflect.TypeFor[schema.Job]())).Elem()
		copyInto(later, reflect.ValueOf(job))
		hash, _ := job.ContentHash(nil)
		if encoded := hashOf(encode(later, job.Redacted)); encoded != hash {
			t.Fatalf("fields without a value change the hash of %+v", job)
		}
		var added []reflect.Value
		addedFields(later, &added)
		v := added[rapid.IntRange(0, len(added)-1).Draw(t, "field")]
		switch v.Kind() {
		case reflect.Pointer:
			v.Set(reflect.New(v.Type().Elem()))
		case reflect.Slice:
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		case reflect.String:
			v.SetString("x")
		case reflect.Struct:
			v.Field(0).SetString("x")
		default:
			v.SetInt(1)
		}
		if encoded := hashOf(encode(later, job.Redacted)); encoded == hash {
			t.Fatalf("a value in a later field of type %s does not change the hash", v.Type())
		}
	})
}

// laterPrefix begins the names of the fields that laterType adds.
const laterPrefix = "Later"

// laterType returns a struct type with fields of every kind more, also in the
// types of its fields.
func laterType(t reflect.Type) reflect.Type {
	switch t.Kind() {
	case reflect.Slice:
		return reflect.SliceOf(laterType(t.Elem()))
	case reflect.Struct:
	default:
		return t
	}
	var fields []reflect.StructField
	for field := range t.Fields() {
		if _, hashed := numberOf(field, true); hashed {
			field.Type = laterType(field.Type)
			fields = append(fields, field)
		}
	}
	for i, kind := range []reflect.Type{
		reflect.TypeFor[string](), reflect.TypeFor[int64](), reflect.TypeFor[*int32](), reflect.TypeFor[[]string](),
		reflect.TypeFor[schema.Extra](), reflect.TypeFor[[]schema.Extra](),
	} {
		fields = append(fields, reflect.StructField{
			Name: laterPrefix + strconv.Itoa(i), Type: kind, Tag: reflect.StructTag(fmt.Sprintf(`hash:"%d"`, 100+i)),
		})
	}
	return reflect.StructOf(fields)
}

// copyInto copies what to has of from.
func copyInto(to, from reflect.Value) {
	switch to.Kind() {
	case reflect.Struct:
		for i := range to.NumField() {
			if field := from.FieldByName(to.Type().Field(i).Name); field.IsValid() {
				copyInto(to.Field(i), field)
			}
		}
	case reflect.Slice:
		to.Set(reflect.MakeSlice(to.Type(), from.Len(), from.Len()))
		for i := range from.Len() {
			copyInto(to.Index(i), from.Index(i))
		}
	default:
		to.Set(from)
	}
}

// addedFields lists the fields that laterType added, in all objects of v.
func addedFields(v reflect.Value, added *[]reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if strings.HasPrefix(v.Type().Field(i).Name, laterPrefix) {
				*added = append(*added, v.Field(i))
			} else {
				addedFields(v.Field(i), added)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			addedFields(v.Index(i), added)
		}
	}
}

func hashOf(encoding []byte) schema.ContentHash {
	sum := sha256.Sum256(encoding)
	return schema.ContentHash(sum[:schema.HashSize])
}

// encode returns the encoding of an object, whatever its fields.
func encode(object reflect.Value, redacted bool) []byte {
	fields := map[int][]byte{}
	for i := range object.NumField() {
		if number, hashed := numberOf(object.Type().Field(i), redacted); hashed {
			fields[number] = encodeValue(object.Field(i), redacted)
		}
	}
	var b []byte
	for _, number := range slices.Sorted(maps.Keys(fields)) {
		if len(fields[number]) > 0 {
			b = append(binary.AppendUvarint(b, uint64(number)), fields[number]...)
		}
	}
	return append(b, 0)
}

// encodeValue returns the encoding of a value, nothing if it is absent.
func encodeValue(v reflect.Value, redacted bool) []byte {
	if v.Kind() != reflect.Slice && v.IsZero() {
		return nil
	}
	switch v.Kind() {
	case reflect.Struct:
		if object := encode(v, redacted); len(object) > 1 {
			return object
		}
		return nil
	case reflect.Slice:
		if v.Len() == 0 {
			return nil
		}
		b := binary.AppendUvarint(nil, uint64(v.Len()))
		for i := range v.Len() {
			if e := v.Index(i); e.Kind() == reflect.Struct {
				b = append(b, encode(e, redacted)...)
			} else {
				b = append(binary.AppendUvarint(b, uint64(e.Len())), e.String()...)
			}
		}
		return b
	case reflect.String:
		return append(binary.AppendUvarint(nil, uint64(v.Len())), v.String()...)
	case reflect.Pointer:
		return binary.AppendVarint(nil, v.Elem().Int())
	}
	return binary.AppendVarint(nil, v.Int())
}

// drawHashed draws a job with any of its hashed fields set.
func drawHashed(t *rapid.T) schema.Job {
	job := schema.Job{Redacted: rapid.Bool().Draw(t, "redacted")}
	drawInto(t, reflect.ValueOf(&job).Elem())
	return job
}

func drawInto(t *rapid.T, v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if _, hashed := numberOf(v.Type().Field(i), true); hashed {
				drawInto(t, v.Field(i))
			}
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), rapid.IntRange(0, 2).Draw(t, "length"), 2))
		for i := range v.Len() {
			drawInto(t, v.Index(i))
		}
	case reflect.Pointer:
		if rapid.Bool().Draw(t, "known") {
			v.Set(reflect.New(v.Type().Elem()))
			drawInto(t, v.Elem())
		}
	case reflect.String:
		v.SetString(rapid.SampledFrom([]string{"", "", "a", "您好", "\x00", strings.Repeat("长", 100)}).Draw(t, "text"))
	default:
		v.SetInt(rapid.SampledFrom([]int64{0, 0, 1, -1, 127, 1 << 30}).Draw(t, "number"))
	}
}

// BenchmarkContentHash hashes a job with a conversation of the usual length.
func BenchmarkContentHash(b *testing.B) {
	duration := int64(41)
	job := schema.Job{
		JobID: "b72425bd-fce6-4c5b-9a0e-5c1c2e8f7b11", JobGroupID: "fce6c599-8ede-40e3-9f78-0928eda7b4e8", Status: "Succeeded",
		CallingNumbers: []string{"057126883106"}, Contacts: []schema.Contact{{ContactID: "c1", Name: "王小明", PhoneNumber: "13800001234", JobID: "j"}},
		Extras: []schema.Extra{{Key: "due", Value: "2026-01-31"}, {Key: "amount", Value: "128.50"}},
		Tasks: []schema.Task{{
			TaskID: "ff44709e-39a6-43ba-959b-20fcabe3e496", CallID: "call", Status: "SucceededFinish", PlannedTime: 1579068424883, ActualTime: 1579068424883,
			Duration: &duration, CallingNumber: "057126883106", CalledNumber: "13800001234",
		}},
	}
	for range 20 {
		job.Tasks[0].Turns = append(job.Tasks[0].Turns, schema.Turn{Speaker: "Robot", Script: "您好，这里是云上催收台，请问是王先生吗？", Timestamp: 1579068424883})
	}
	for _, format := range []int{1, 2} {
		b.Run(fmt.Sprint("format", format), func(b *testing.B) {
			var buf []byte
			for b.Loop() {
				_, buf = job.ContentHashIn(format, buf)
			}
		})
	}
}
