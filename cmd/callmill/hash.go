package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"callmill/cmd/callmill/internal/exit"
	"callmill/pipeline/dataset"
	"callmill/pipeline/redact"
)

func newHash(env *environment) *cobra.Command {
	var data string
	c := &cobra.Command{
		Use:   "hash --data DIR [FILE]",
		Short: "Turn phone numbers into contact keys",
		Long: `Hash reads phone numbers, one per line, from FILE or standard input and prints
the dataset's contact_key of each, one per line; for a line without digits, an
empty line. With it a list of your own can be joined with the tables, and no
number leaves your hands. It needs the dataset's key file, which only its owner
can read.`,
		Example: `  callmill hash --data data numbers.txt > keys.txt
  cut -d, -f3 customers.csv | callmill hash --data data`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if data == "" {
				return exit.WithHint(exit.Usagef("--data is missing"), "name the dataset whose contact keys to print, e.g. --data data")
			}
			key, err := dataset.ReadKey(data)
			if err != nil {
				return err
			}
			if len(args) == 0 || args[0] == "-" {
				return hashNumbers(env.stdout, env.stdin, "standard input", redact.New(key))
			}
			file, err := os.Open(args[0])
			if err != nil {
				return err
			}
			defer file.Close()
			return hashNumbers(env.stdout, file, args[0], redact.New(key))
		},
	}
	c.Flags().StringVar(&data, "data", "", "dataset whose key to use")
	return c
}

// hashNumbers prints the contact key of each line of numbers, line by line, so
// that the column can be pasted next to its source.
func hashNumbers(w io.Writer, numbers io.Reader, name string, redactor *redact.Redactor) error {
	in := bufio.NewReader(numbers)
	for line := 1; ; line++ {
		text, err := in.ReadString('\n')
		if err != nil && err != io.EOF {
			return fmt.Errorf("read line %d of %s: %w", line, name, err)
		}
		if text == "" {
			return nil
		}
		if _, err := fmt.Fprintln(w, redactor.Key(strings.TrimRight(text, "\r\n"))); err != nil {
			return err
		}
		if err == io.EOF {
			return nil
		}
	}
}
