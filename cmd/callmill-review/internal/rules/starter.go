package rules

import (
	_ "embed"
	"sync"
)

//go:embed starter.yaml
var starterText string

// StarterFile is the name of the starter set in messages.
const StarterFile = "starter"

// StarterText returns the file of the starter set, for a set of one's own.
func StarterText() string { return starterText }

var starter = sync.OnceValues(func() (*Book, error) { return Parse(StarterFile, []byte(starterText)) })

// Starter returns the rules to begin with, in Chinese, which no script in particular was
// in mind for; they must not be changed. An error is one of the program: a test reads them.
func Starter() (*Book, error) { return starter() }
