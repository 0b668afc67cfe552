// Package user is the command that changes who may log in to a desk: its file of users.
package user

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"callmill/cmd/callmill-review/internal/table"
	"callmill/cmd/callmill-review/internal/web/users"
	"callmill/cmd/internal/exit"
)

// Process is what the command sees of the process.
type Process struct {
	Stdin  *os.File
	Stdout io.Writer
	Stderr io.Writer
	// OnInterrupt has what it is given called when ctx ends, until stop is.
	OnInterrupt func(ctx context.Context, call func()) (stop func() bool)
}

// New returns the command.
func New(p Process) *cobra.Command {
	c := &cobra.Command{
		Use:   "user",
		Short: "Change who may log in to the desk",
		Long: `User changes the file of users that serve --users reads: who may log in, and what
they may do. Passwords are kept as hashes (argon2id). A change holds at once, also under
a running desk: a user who is removed or gets another password is logged out.

Roles, each with all that those before may:
  viewer    looks and searches; numbers are masked
  reviewer  gives verdicts; names and numbers of contacts are masked
  exporter  exports lists, hands over findings, sees names and numbers of contacts`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(p.add(), p.password(), p.role(), p.remove(), p.list())
	return c
}

const typed = "The password is typed twice at a terminal, which does not show it, or is the first line of stdin."

func (p Process) add() *cobra.Command {
	var role string
	c := &cobra.Command{
		Use:     "add FILE NAME",
		Short:   "Add a user, and the file where there is none",
		Long:    "Add adds a user. " + typed,
		Example: "  callmill-review user add /etc/callmill/review-users li.na --role reviewer",
		Args:    cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			chosen, err := users.ParseRole(role)
			if err = errors.Join(err, users.CheckName(args[1])); err != nil {
				return exit.AsUsage(err)
			}
			password, err := p.newPassword(c.Context(), args[1])
			if err != nil {
				return err
			}
			return explain(users.In(args[0]).Add(args[1], chosen, password))
		},
	}
	c.Flags().StringVar(&role, "role", users.Viewer.String(), "what the user may do: viewer, reviewer or exporter")
	return c
}

func (p Process) password() *cobra.Command {
	return &cobra.Command{
		Use:   "password FILE NAME",
		Short: "Give a user another password, and end his sessions",
		Long:  "Password gives a user another password, and ends his sessions. " + typed,
		Args:  cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			password, err := p.newPassword(c.Context(), args[1])
			if err != nil {
				return err
			}
			return explain(users.In(args[0]).SetPassword(args[1], password))
		},
	}
}

func (p Process) role() *cobra.Command {
	return &cobra.Command{
		Use:   "role FILE NAME ROLE",
		Short: "Give a user another role",
		Args:  cobra.ExactArgs(3),
		RunE: func(_ *cobra.Command, args []string) error {
			role, err := users.ParseRole(args[2])
			if err != nil {
				return exit.AsUsage(err)
			}
			return explain(users.In(args[0]).SetRole(args[1], role))
		},
	}
}

func (p Process) remove() *cobra.Command {
	return &cobra.Command{
		Use:   "remove FILE NAME",
		Short: "Remove a user, and end his sessions",
		Args:  cobra.ExactArgs(2),
		RunE:  func(_ *cobra.Command, args []string) error { return explain(users.In(args[0]).Remove(args[1])) },
	}
}

func (p Process) list() *cobra.Command {
	format := table.Text
	c := &cobra.Command{
		Use:   "list FILE",
		Short: "Print the users and their roles",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			list, err := users.In(args[0]).List()
			if err != nil {
				return explain(err)
			}
			t := table.Table{Columns: []table.Column{{Name: "name", Head: "name"}, {Name: "role", Head: "role"}}}
			for _, u := range list {
				t.Add(u.Name, u.Role.String())
			}
			return t.Write(p.Stdout, format)
		},
	}
	c.Flags().Var(&format, "format", "how users are printed: table, json or csv")
	return c
}

// explain adds a hint to errors that have one.
func explain(err error) error {
	switch {
	case errors.Is(err, users.ErrExists):
		return exit.WithHint(err, "callmill-review user password gives another password, callmill-review user role another role")
	case errors.Is(err, users.ErrUnknown):
		return exit.WithHint(err, "callmill-review user list prints the users there are")
	}
	return err
}

// newPassword asks for a password: twice at a terminal, else the first line of stdin.
func (p Process) newPassword(ctx context.Context, name string) (string, error) {
	fd := int(p.Stdin.Fd())
	if !term.IsTerminal(fd) {
		return firstLine(p.Stdin)
	}
	state, err := term.GetState(fd)
	if err != nil {
		return "", fmt.Errorf("read password: %w", err)
	}
	// Who presses Ctrl-C gets his terminal back as it was.
	stop := p.OnInterrupt(ctx, func() { _ = term.Restore(fd, state) })
	defer stop()
	first, err := p.ask(fd, "Password of "+name+": ")
	if err != nil {
		return "", err
	}
	if err := users.CheckPassword(name, first); err != nil {
		return "", err
	}
	again, err := p.ask(fd, "Again: ")
	if err != nil {
		return "", err
	}
	if first != again {
		return "", errors.New("read password: the two differ")
	}
	return first, nil
}

func (p Process) ask(fd int, prompt string) (string, error) {
	fmt.Fprint(p.Stderr, prompt)
	text, err := term.ReadPassword(fd)
	fmt.Fprintln(p.Stderr)
	if err != nil {
		return "", fmt.Errorf("read password: %w", err)
	}
	return string(text), nil
}

func firstLine(r io.Reader) (string, error) {
	const most = 4 << 10
	line, err := bufio.NewReader(io.LimitReader(r, most)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read password from stdin: %w", err)
	}
	line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
	if line == "" {
		return "", errors.New("read password from stdin: there is none")
	}
	return line, nil
}
