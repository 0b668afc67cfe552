// Package keys has the commands about contact keys: hash makes them of numbers, key
// destroys what they are made with.
package keys

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"callmill/cmd/internal/exit"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/secret"
	"callmill/pipeline/redact"
)

// Hash returns the command hash.
func Hash(stdin io.Reader, stdout io.Writer) *cobra.Command {
	var data, file string
	c := &cobra.Command{
		Use:   "hash --data DIR [FILE]",
		Short: "Turn phone numbers into contact keys",
		Long: `Hash reads phone numbers, one per line, from FILE or standard input and prints
the dataset's contact_key of each, one per line; for a line without digits, an
empty line. With it a list of your own can be joined with the tables, and no
number leaves your hands. It needs the dataset's key file, which only its owner
can read, or the one that its runs are given with --key.`,
		Example: `  callmill hash --data data numbers.txt > keys.txt
  cut -d, -f3 customers.csv | callmill hash --data data --key /etc/callmill/key`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if data == "" {
				return exit.WithHint(exit.Usagef("--data is missing"), "name the dataset whose contact keys to print, e.g. --data data")
			}
			key, err := keyOf(data, file)
			if err != nil {
				return err
			}
			redactor := redact.New(redact.Options{Key: key})
			if len(args) == 0 || args[0] == "-" {
				return hashNumbers(stdout, stdin, "standard input", redactor)
			}
			numbers, err := os.Open(args[0])
			if errors.Is(err, fs.ErrNotExist) {
				return exit.AsUsage(err)
			}
			if err != nil {
				return err
			}
			defer numbers.Close()
			return hashNumbers(stdout, numbers, args[0], redactor)
		},
	}
	c.Flags().StringVar(&data, "data", "", "dataset whose key to use (required)")
	c.Flags().StringVar(&file, "key", "", "`FILE` with the secret behind contact_key (default: the dataset's own)")
	return c
}

// keyOf returns the key of the dataset in a folder.
func keyOf(dir, file string) ([]byte, error) {
	d, err := dataset.View(dir)
	if errors.Is(err, dataset.ErrEmpty) {
		d, err = dataset.Nothing(dir), nil
	}
	if err != nil {
		return nil, err
	}
	if m := d.Manifest(); m != nil && m.Settings.PII == redact.Drop {
		return nil, exit.Usagef("%s has no contact keys: its personal data is dropped", dir)
	}
	key, err := secret.Of(d, file)
	if err != nil || key != nil {
		return key, err
	}
	if destroyed, err := secret.Destroyed(d); destroyed || err != nil {
		return nil, errors.Join(err, exit.Usagef("%s has no contact keys: its key was destroyed", dir))
	}
	return nil, fmt.Errorf("%s has no key: the first run makes it, or is given one", dir)
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
