package schema_test

import (
	"reflect"
	"strings"
	"testing"

	"callmill/schema"
)

// notHashed are the fields that a job's content hash leaves out: when and by
// which request it was received, and what callmill computes. It leaves out all
// facts as well: only SearchTask returns them.
var notHashed = map[string]bool{
	"InstanceID": true, "RequestID": true, "ObservedAt": true, "FirstSeen": true, "Undated": true, "Asked": true,
	"Erased":       true,
	"Contacts.Key": true, "Tasks.Contact.Key": true, "Tasks.ContactKey": true, "Tasks.Turns.Pattern": true,
}

// TestContentHashCoversEveryField changes every field of a job, one at a time,
// found by reflection, so that a field added later is not forgotten.
func TestContentHashCoversEveryField(t *testing.T) {
	var job schema.Job
	whole := reflect.ValueOf(&job).Elem()
	fill(whole)
	before, _ := job.ContentHash(nil)

	seen := map[string]bool{}
	walk(whole, nil, func(path string, v reflect.Value, change func()) {
		old := reflect.New(v.Type()).Elem()
		old.Set(v)
		change()
		after, _ := job.ContentHash(nil)
		v.Set(old)
		seen[path] = true
		left := notHashed[path] || strings.HasPrefix(path, "Tasks.Facts.")
		if path == "Redacted" {
			return // see TestContentHashOfARedactedJob
		}
		if changed := after != before; changed == left {
			t.Errorf("%s: the hash depends on it: %v", path, changed)
		}
	})
	for path := range notHashed {
		if !seen[path] {
			t.Errorf("notHashed: no field %s", path)
		}
	}
	if again, _ := job.ContentHash(nil); again != before {
		t.Error("the job was not put back")
	}
}

// TestContentHashOfARedactedJob: what cannot be made again is content, so that a
// corrected number is a change; a job without any of it has the hash it has anyway.
func TestContentHashOfARedactedJob(t *testing.T) {
	job := schema.Job{Contacts: make([]schema.Contact, 1), Tasks: []schema.Task{{Turns: make([]schema.Turn, 1)}}}
	plain, _ := job.ContentHash(nil)
	job.Redacted = true
	if hash, _ := job.ContentHash(nil); hash != plain {
		t.Error("a redacted job without keys has another hash")
	}
	for _, text := range []*string{&job.Contacts[0].Key, &job.Tasks[0].ContactKey, &job.Tasks[0].Turns[0].Pattern} {
		*text = "x"
		if hash, _ := job.ContentHash(nil); hash == plain {
			t.Error("what cannot be made again is not content")
		}
		*text = ""
	}
}

// fill sets every field below v: slices to one element, pointers to a zero.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i))
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
	case reflect.String:
		v.SetString("x")
	}
}

// walk visits each field below v with the ways to change it: another value, nil
// for a pointer, one element more for a slice.
func walk(v reflect.Value, path []string, visit func(path string, v reflect.Value, change func())) {
	name := strings.Join(path, ".")
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			walk(v.Field(i), append(path, v.Type().Field(i).Name), visit)
		}
	case reflect.Slice:
		visit(name, v, func() { v.Set(reflect.Append(v, reflect.Zero(v.Type().Elem()))) })
		visit(name, v, func() { v.Set(reflect.Zero(v.Type())) })
		walk(v.Index(0), path, visit)
	case reflect.Pointer:
		visit(name, v, func() { v.Set(reflect.Zero(v.Type())) })
		visit(name, v, func() {
			other := reflect.New(v.Type().Elem())
			change(other.Elem())
			v.Set(other)
		})
	default:
		visit(name, v, func() { change(v) })
	}
}

func change(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(v.String() + "y")
	case reflect.Bool:
		v.SetBool(!v.Bool())
	default:
		v.SetInt(v.Int() + 1)
	}
}

// Text that moves from one field to the next changes the hash.
func TestContentHashKnowsPlaces(t *testing.T) {
	zero := int32(0)
	turns := func(turns ...schema.Turn) schema.Job {
		return schema.Job{JobID: "j", Tasks: []schema.Task{{TaskID: "t", Turns: turns}}}
	}
	jobs := map[string]schema.Job{
		"nothing":                 {},
		"id":                      {JobID: "j"},
		"group":                   {JobGroupID: "j"},
		"priority 0":              {Priority: &zero},
		"system priority 0":       {SystemPriority: &zero},
		"numbers a b":             {CallingNumbers: []string{"a", "b"}},
		"numbers ab":              {CallingNumbers: []string{"ab"}},
		"an extra":                {Extras: []schema.Extra{{Key: "a", Value: "b"}}},
		"an extra the other way":  {Extras: []schema.Extra{{Key: "b", Value: "a"}}},
		"a summary":               {Summaries: []schema.Summary{{Category: "a", Name: "b"}}},
		"a contact":               {Contacts: []schema.Contact{{}}},
		"a task":                  turns(),
		"a turn":                  turns(schema.Turn{Speaker: "Robot", Script: "你好"}),
		"two turns":               turns(schema.Turn{Speaker: "Robot", Script: "你"}, schema.Turn{Speaker: "Robot", Script: "好"}),
		"two turns, another way":  turns(schema.Turn{Speaker: "Robot", Script: "好"}, schema.Turn{Speaker: "Robot", Script: "你"}),
		"a turn with a summary":   turns(schema.Turn{Speaker: "Robot", Script: "你好", Summaries: []schema.Summary{{}}}),
		"a turn at a time":        turns(schema.Turn{Speaker: "Robot", Script: "你好", Timestamp: 1}),
		"an empty turn":           turns(schema.Turn{}),
		"script where speaker is": turns(schema.Turn{Speaker: "你好", Script: "Robot"}),
	}
	hashes := map[schema.ContentHash]string{}
	var buf []byte
	for name, job := range jobs {
		var hash schema.ContentHash
		hash, buf = job.ContentHash(buf)
		if other, ok := hashes[hash]; ok {
			t.Errorf("%q and %q have the same hash", name, other)
		}
		hashes[hash] = name
		if again, _ := job.ContentHash(nil); again != hash {
			t.Errorf("%q: the hash depends on the buffer", name)
		}
	}
}

// The hash is published. A change would make the next run rewrite every dataset,
// and needs a new format version; that of format 1 verifies datasets that exist.
func TestContentHashStays(t *testing.T) {
	priority := int32(5)
	duration := int64(-1)
	job := schema.Job{
		JobID: "b72425bd", JobGroupID: "fce6c599", Status: "Succeeded", Priority: &priority,
		CallingNumbers: []string{"057126883106"},
		Contacts:       []schema.Contact{{Name: "张三", PhoneNumber: "13581588888"}},
		Extras:         []schema.Extra{{Key: "djrq", Value: "2019-08-21 09:49:59.0"}},
		Summaries:      []schema.Summary{{Category: "{}", Name: "score", Content: "5"}},
		Tasks: []schema.Task{{
			TaskID: "ff44709e", ActualTime: 1579068424883, Duration: &duration,
			Turns: []schema.Turn{{Speaker: "Robot", Script: "你好", Timestamp: 1579068424883}},
		}},
	}
	for format, want := range map[int]string{1: "4275ba2e9d393d4ca87cf4963996d442", 2: "8a99cbd69ec49124516fc618cb17230c"} {
		if got, _ := job.ContentHashIn(format, nil); got.String() != want {
			t.Errorf("format %d: %s, want %s", format, got, want)
		}
	}
}
