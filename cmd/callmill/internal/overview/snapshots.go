package overview

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"callmill/pipeline/dataset"
	"callmill/schema"
)

// Snapshots prints a line for each snapshot of the dataset in a folder.
func Snapshots(out io.Writer, dir string) error {
	list, err := dataset.List(dir)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, "SNAPSHOT\tPUBLISHED\tJOBS\tTASKS\tTURNS\tREJECTS\t")
	for _, s := range list {
		var marks []string
		if s.Latest {
			marks = append(marks, "latest")
		}
		for _, p := range s.Pins {
			marks = append(marks, strings.TrimSpace("pinned "+p.Bookmark))
		}
		marked := strings.Join(marks, ", ")
		m := s.Manifest
		if m == nil {
			fmt.Fprintf(w, "%s\tbroken\t\t\t\t\t%s %v\n", s.Name, marked, s.Err)
			continue
		}
		fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%d\t%d\t%s\n", s.Name, m.Published.Format(time.RFC3339),
			m.Table(schema.TableJobs).Rows, m.Table(schema.TableTasks).Rows, m.Table(schema.TableTurns).Rows, m.Table(schema.TableRejects).Rows, marked)
	}
	return w.Flush()
}
