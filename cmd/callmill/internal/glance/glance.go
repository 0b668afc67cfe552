// Package glance summarises a dataset on one screen: how many calls, how they
// ended, which words go with failure, at which lines contacts hang up.
//
// It is a first look for people who try callmill, not a report: confidence
// intervals, campaigns and everything else are in the notebooks.
package glance

import (
	"cmp"
	"math"
	"slices"
	"unicode"
	"unicode/utf8"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/tables"
	"callmill/schema"
)

// Glance holds the numbers of the screen.
type Glance struct {
	Jobs, Tasks, Turns                  int64   // rows of the tables
	Dialed, Connected, Answered, Failed int64   // calls; Failed: with a failed dialogue
	Judged                              int64   // connected calls of which it is known whether they failed
	Spoke                               int64   // answered calls in which the contact said something
	HungUp                              int64   // answered calls that the contact hung up before the flow had ended
	Outcomes                            []Count // of dialled calls, the most frequent first
	Words                               []Word  // that contacts say more often when dialogues fail
	Nodes                               []Node  // robot lines at which more contacts hang up than expected
}

// Count is the frequency of a value.
type Count struct {
	Name string
	N    int64
}

// Word is a word that stands out in failed dialogues.
type Word struct {
	Text string
	// Z is the z-score of the word's log-odds ratio between failed and other
	// answered dialogues: weighted log-odds with an informative Dirichlet prior
	// (Monroe, Colaresi and Quinn, "Fightin' Words", Political Analysis 2008,
	// equations 15–22).
	Z                  float64
	InFailed, InOthers int64 // times said
}

const (
	wordsShown = 6
	nodesShown = 6
	// significant is the two-sided 5 % point of the normal distribution. Words
	// below it are not shown.
	significant = 1.96
	// unusual is how many standard deviations a robot line must be beyond what is
	// expected: of some thousand lines about one is, by chance.
	unusual = 3
	// leastReached is how often a line must be said: of fewer times, standard
	// deviations say little.
	leastReached = 10
)

// At reads the published snapshot of a dataset.
func At(d *dataset.Dataset) (*Glance, error) {
	g := &Glance{}
	for _, t := range d.Manifest().Tables {
		switch t.Name {
		case schema.TableJobs:
			g.Jobs = t.Rows
		case schema.TableTasks:
			g.Tasks = t.Rows
		case schema.TableTurns:
			g.Turns = t.Rows
		}
	}
	hangUps := newHangUps()
	if err := g.readTasks(d, hangUps); err != nil {
		return nil, err
	}
	if err := g.readTurns(d, hangUps); err != nil {
		return nil, err
	}
	g.HungUp, g.Nodes = hangUps.early, hangUps.nodes(nodesShown)
	return g, nil
}

func (g *Glance) readTasks(d *dataset.Dataset, hangUps *hangUps) error {
	outcomes := map[string]int64{}
	for row, err := range tables.Rows[schema.TaskRow](d, schema.TableTasks) {
		if err != nil {
			return err
		}
		if row.Stage != schema.StageConnected && row.Stage != schema.StageNotConnected {
			continue
		}
		hangUps.task(row)
		g.Dialed++
		outcomes[row.Outcome]++
		g.Connected += one(row.Connected)
		g.Answered += one(row.Answered)
		if row.Spoke {
			g.Spoke += one(row.Answered)
		}
		g.Failed += one(row.FailedDialogue)
		if one(row.Connected) == 1 && row.FailedDialogue != nil {
			g.Judged++
		}
	}
	g.Outcomes = mostFrequent(outcomes, len(outcomes))
	return nil
}

// one returns 1 for true, 0 for false or NULL.
func one(b *bool) int64 {
	if b != nil && *b {
		return 1
	}
	return 0
}

func (g *Glance) readTurns(d *dataset.Dataset, hangUps *hangUps) error {
	failed, others := map[string]int64{}, map[string]int64{} // words of contacts
	for row, err := range tables.Rows[schema.TurnRow](d, schema.TableTurns) {
		if err != nil {
			return err
		}
		hangUps.turn(row)
		if row.Speaker == schema.SpeakerContact && one(row.Answered) == 1 && row.FailedDialogue != nil {
			if one(row.FailedDialogue) == 1 {
				count(failed, row.Tokens)
			} else {
				count(others, row.Tokens)
			}
		}
	}
	g.Words = standOut(failed, others)
	return nil
}

// count counts the words among tokens, leaving out punctuation and white space.
func count(words map[string]int64, tokens []string) {
	for _, token := range tokens {
		if r, _ := utf8.DecodeRuneInString(token); unicode.IsLetter(r) || unicode.IsDigit(r) {
			words[token]++
		}
	}
}

// standOut returns the words whose log-odds ratio of failed to other dialogues
// has the highest z-scores. The prior is the distribution in all dialogues.
func standOut(failed, others map[string]int64) []Word {
	var nFailed, nOthers float64
	for _, n := range failed {
		nFailed += float64(n)
	}
	for _, n := range others {
		nOthers += float64(n)
	}
	prior := nFailed + nOthers
	var words []Word
	for text, n := range failed {
		a, b := float64(n), float64(others[text])
		w := a + b // the prior's pseudo-count of the word
		odds := func(count, all float64) float64 { return math.Log((count + w) / (all + prior - count - w)) }
		z := (odds(a, nFailed) - odds(b, nOthers)) / math.Sqrt(1/(a+w)+1/(b+w))
		if z < significant {
			continue
		}
		words = append(words, Word{Text: text, Z: z, InFailed: n, InOthers: others[text]})
	}
	slices.SortFunc(words, func(a, b Word) int { return cmp.Or(cmp.Compare(b.Z, a.Z), cmp.Compare(a.Text, b.Text)) })
	return words[:min(len(words), wordsShown)]
}

// mostFrequent returns the n highest counts, the highest first.
func mostFrequent(counts map[string]int64, n int) []Count {
	var list []Count
	for name, n := range counts {
		list = append(list, Count{name, n})
	}
	slices.SortFunc(list, func(a, b Count) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Name, b.Name)) })
	return list[:min(len(list), n)]
}
