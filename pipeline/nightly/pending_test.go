package nightly_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"callmill/pipeline/nightly"
	"callmill/schema"
)

func TestSettled(t *testing.T) {
	noon := instant(t, "2026-01-21T12:00:00Z")
	tests := []struct {
		final    bool
		lastCall time.Time
		observed time.Time
		want     bool
	}{
		{true, noon, noon.Add(24 * time.Hour), true},
		{true, noon, noon.Add(24*time.Hour - 1), false},
		{false, noon, noon.Add(240 * time.Hour), false},
		{true, time.Time{}, noon, true}, // cancelled before it was called
		{false, time.Time{}, noon, false},
		{true, noon, noon.Add(-time.Hour), false}, // a clock that is behind
	}
	for _, tt := range tests {
		tracker := nightly.NewTracker(nightly.Rules{Settle: 24 * time.Hour}, nil)
		tracker.Saw(schema.Sighting{JobID: "a", Final: tt.final, LastCall: tt.lastCall, ObservedAt: tt.observed})
		if got := len(tracker.Pending()) == 0; got != tt.want {
			t.Errorf("%+v: %v", tt, got)
		}
	}
}

// The life of jobs over nights.
func TestTracker(t *testing.T) {
	call := instant(t, "2026-01-21T12:00:00Z")
	rules := nightly.Rules{Settle: 24 * time.Hour, Refetch: 30 * 24 * time.Hour}
	nights := []struct {
		days int // after the call
		saw  []schema.Sighting
		want string
	}{
		{0, []schema.Sighting{
			{JobID: "quick", Final: true, LastCall: call},
			{JobID: "retried", LastCall: call},
			{JobID: "unknown", Trouble: schema.PendingMissing},
			{JobID: "poison", Trouble: schema.PendingUnfetched},
			{JobID: "uncalled"},
			{JobID: "cancelled", Final: true},
			{InstanceID: "other", JobID: "quick", LastCall: call},
		}, "poison unfetched +13h, quick settling +0h, retried not_final +0h, uncalled not_final +13h, unknown missing +13h, other/quick not_final +0h"},
		// A run that sees none of them changes nothing.
		{1, nil, "poison unfetched +13h, quick settling +0h, retried not_final +0h, uncalled not_final +13h, unknown missing +13h, other/quick not_final +0h"},
		{2, []schema.Sighting{
			{JobID: "quick", Final: true, LastCall: call},
			{JobID: "retried", Final: true, LastCall: call.Add(48 * time.Hour)}, // called again: settling, since as it was
			{JobID: "unknown", Trouble: schema.PendingMissing},
			{JobID: "poison", Final: true, LastCall: call},
		}, "retried settling +0h, uncalled not_final +13h, unknown missing +13h, other/quick not_final +0h"},
		// All that is left is given up, that without a call half a day later.
		{30, nil, "uncalled not_final +13h, unknown missing +13h"},
		{31, []schema.Sighting{{JobID: "old", LastCall: call}}, ""},
	}
	var pending []schema.Pending
	for _, night := range nights {
		rules.Now = call.Add(time.Duration(night.days)*24*time.Hour + 13*time.Hour)
		tracker := nightly.NewTracker(rules, pending)
		for _, s := range night.saw {
			s.ObservedAt = rules.Now
			tracker.Saw(s)
		}
		pending = tracker.Pending()
		var got []string
		for _, p := range pending {
			got = append(got, strings.TrimPrefix(p.InstanceID+"/"+p.JobID, "/")+
				fmt.Sprintf(" %s +%vh", p.Reason, p.Since.Sub(call).Hours()))
		}
		if strings.Join(got, ", ") != night.want {
			t.Errorf("after %d days %q, want %q", night.days, strings.Join(got, ", "), night.want)
		}
	}
}

func TestTrackerAsksByInstance(t *testing.T) {
	now := instant(t, "2026-01-22T00:00:00Z")
	pending := []schema.Pending{
		{InstanceID: "a", JobID: "2", Since: now}, {InstanceID: "a", JobID: "1", Since: now},
		{InstanceID: "b", JobID: "3", Since: now}, {InstanceID: "a", JobID: "0", Since: now.Add(-time.Hour * 24 * 31)},
	}
	tracker := nightly.NewTracker(nightly.Rules{Now: now, Refetch: 30 * 24 * time.Hour}, pending)
	if got := tracker.Ask("a"); !slices.Equal(got, []string{"1", "2"}) {
		t.Errorf("asks for %v", got)
	}
	if got := tracker.Ask("c"); len(got) > 0 {
		t.Errorf("asks for %v of an instance it does not know", got)
	}
}
