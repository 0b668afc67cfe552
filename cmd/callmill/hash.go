package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"callmill/pipeline/dataset"
	"callmill/pipeline/redact"
)

func newHash(env *environment) *cobra.Command {
	var data string
	c := &cobra.Command{
		Use:   "hash --data DIR [FILE]",
		Short: "Turn phone numbers into contact keys",
		Long: `Hash reads phone numbers, one a line, from FILE or standard input and prints
for each, on its line, the contact_key that the dataset has for it; an empty
line for a line without digits. So a list of your own joins the tables without
the numbers leaving your hands. It needs the dataset's key file, which only its
owner may read.`,
		Example: `  callmill hash --data data numbers.txt > keys.txt
  cut -d, -f3 customers.csv | callmill hash --data data`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if data == "" {
				return &hintError{usagef("--data is missing"), "name the dataset whose contact keys are wanted, such as --data data"}
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
	c.Flags().StringVar(&data, "data", "", "dataset whose key is used")
	return c
}

// hashNumbers prints the contact key of the number on each line of numbers,
// line for line, so that the column can be pasted beside its source.
func hashNumbers(w io.Writer, numbers io.Reader, name string, redactor *redact.Redactor) error {
	in, out := bufio.NewReader(numbers), bufio.NewWriter(w)
	for line := 1; ; line++ {
		text, err := in.ReadString('\n')
		if err != nil && err != io.EOF {
			return fmt.Errorf("read line %d of %s: %w", line, name, err)
		}
		if text == "" {
			return out.Flush()
		}
		fmt.Fprintln(out, redactor.Key(strings.TrimRight(text, "\r\n"))) // Flush tells of errors
		if err == io.EOF {
			return out.Flush()
		}
	}
}
