package decode_test

import (
	"encoding/json"
	"testing"

	"callmill/pipeline/decode"
	"callmill/schema"
)

// response is the documented shape and nothing else, as a program without
// this package would declare it.
type response struct {
	RequestId string
	Success   bool
	Jobs      []struct {
		JobId, JobGroupId, ReferenceId, ScenarioId, StrategyId, Status, FailureReason string
		Priority, SystemPriority                                                      int32
		CallingNumbers                                                                []string
		Contacts                                                                      []person
		Extras                                                                        []struct{ Key, Value string }
		Summary                                                                       []result
		Tasks                                                                         []struct {
			TaskId, JobId, CallId, ChatbotId, ScenarioId, Status, Brief, CallingNumber, CalledNumber string
			PlanedTime, ActualTime, Duration                                                         int64
			Contact                                                                                  person
			Conversation                                                                             []struct {
				Script, Speaker string
				Timestamp       int64
				Summary         []result
			}
		}
	}
}

type person struct {
	ContactId, ContactName, Honorific, PhoneNumber, ReferenceId, Role, State, JobId string
}

type result struct{ Category, Content, SummaryName string }

func benchmark(b *testing.B, decode func(body []byte) error) {
	bodies := crosswoz(b)
	size := 0
	for _, body := range bodies {
		size += len(body)
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		for _, body := range bodies {
			if err := decode(body); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkItems(b *testing.B) {
	d := decode.New(decode.Options{})
	benchmark(b, func(body []byte) error {
		for range d.Items(&schema.Raw{Body: body}) {
		}
		return nil
	})
}

func BenchmarkEncodingJSON(b *testing.B) {
	benchmark(b, func(body []byte) error {
		var r response
		return json.Unmarshal(body, &r)
	})
}
