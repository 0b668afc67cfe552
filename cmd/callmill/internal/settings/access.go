package settings

import (
	"strconv"

	"github.com/spf13/pflag"

	"callmill/pipeline/dataset"
)

// AddGroupRead adds the flag --group-read, which sets access. Not given, it leaves
// what the dataset has.
func AddGroupRead(flags *pflag.FlagSet, access *dataset.Access) {
	f := flags.VarPF((*groupRead)(access), "group-read", "", "make the tables readable by the group, also those that are there; =false takes it back")
	f.NoOptDefVal = "true"
}

type groupRead dataset.Access

// Set implements pflag.Value.
func (g *groupRead) Set(text string) error {
	yes, err := strconv.ParseBool(text)
	if err != nil {
		return err
	}
	*g = groupRead(dataset.AccessOwner)
	if yes {
		*g = groupRead(dataset.AccessGroup)
	}
	return nil
}

// String implements pflag.Value.
func (g *groupRead) String() string {
	return strconv.FormatBool(g != nil && dataset.Access(*g) == dataset.AccessGroup)
}

// Type implements pflag.Value.
func (g *groupRead) Type() string { return "bool" }

// IsBoolFlag tells pflag that it needs no value.
func (g *groupRead) IsBoolFlag() bool { return true }
