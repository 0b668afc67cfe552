package settings

import (
	"strconv"

	"github.com/spf13/pflag"

	"callmill/pipeline/dataset/access"
)

// AddGroupRead adds the flag --group-read, which sets a. Not given, it leaves
// what the dataset has.
func AddGroupRead(flags *pflag.FlagSet, a *access.Access) {
	f := flags.VarPF((*groupRead)(a), "group-read", "", "make the tables readable by the group, also those that are there; =false takes it back")
	f.NoOptDefVal = "true"
}

type groupRead access.Access

// Set implements pflag.Value.
func (g *groupRead) Set(text string) error {
	yes, err := strconv.ParseBool(text)
	if err != nil {
		return err
	}
	*g = groupRead(access.Owner)
	if yes {
		*g = groupRead(access.Group)
	}
	return nil
}

// String implements pflag.Value.
func (g *groupRead) String() string {
	return strconv.FormatBool(g != nil && access.Access(*g) == access.Group)
}

// Type implements pflag.Value.
func (g *groupRead) Type() string { return "bool" }

// IsBoolFlag tells pflag that it needs no value.
func (g *groupRead) IsBoolFlag() bool { return true }
