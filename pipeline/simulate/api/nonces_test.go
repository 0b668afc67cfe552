package api

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// A nonce is accepted once while its date is valid, and expires later, so that memory
// does not grow.
func TestNoncesAreRemembered(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var n nonces
		now := time.UnixMilli(1)
		used := map[string]time.Time{}
		for range rapid.IntRange(1, 60).Draw(t, "requests") {
			now = now.Add(time.Duration(rapid.IntRange(0, 20).Draw(t, "minutes")) * time.Minute)
			nonce := fmt.Sprint(rapid.IntRange(0, 5).Draw(t, "nonce"))
			isNew := n.use(nonce, now)
			last, known := used[nonce]
			switch age := now.Sub(last); {
			case !known && !isNew:
				t.Fatal("a new nonce is refused")
			case known && age <= 2*maxSkew && isNew:
				t.Fatalf("used %s ago, and again", age)
			}
			if isNew {
				used[nonce] = now
			}
			for kept := range n.older {
				if age := now.Sub(used[kept]); age > 4*maxSkew+20*time.Minute {
					t.Fatalf("kept for %s", age)
				}
			}
		}
	})
}
