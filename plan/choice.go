package plan

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Choice says which tables of a feed are wanted: those whose delivered name one of Include is (none: all),
// without those whose name one of Exclude is. A "*" in either stands for any text. user_migrations is
// always wanted, as without it no id can be resolved. The zero Choice is all tables.
type Choice struct {
	Include []string `json:"include"`
	Exclude []string `json:"exclude"`
}

// Has says whether a table is wanted.
func (c Choice) Has(table string) bool {
	is := func(pattern string) bool { return stands(pattern, table) }
	return table == Migrations || (len(c.Include) == 0 || slices.ContainsFunc(c.Include, is)) && !slices.ContainsFunc(c.Exclude, is)
}

// Equal says whether two choices are put in the same words.
func (c Choice) Equal(o Choice) bool {
	return slices.Equal(c.Include, o.Include) && slices.Equal(c.Exclude, o.Exclude)
}

// stands says whether a pattern stands for a name.
func stands(pattern, name string) bool {
	literals := strings.Split(pattern, "*")
	for i, text := range literals {
		literals[i] = regexp.QuoteMeta(text)
	}
	matched, err := regexp.MatchString("(?s)^(?:"+strings.Join(literals, ".*")+")$", name)
	return err == nil && matched
}

// ChoiceError says what of a choice makes no sense.
type ChoiceError struct{ Name string }

func (e *ChoiceError) Error() string {
	if e.Name == "" {
		return "choose tables: a name is empty"
	}
	return fmt.Sprintf("choose tables: %s cannot be left out", e.Name)
}

// Hint says what the user can do about it.
func (e *ChoiceError) Hint() string {
	return "tables are named as delivered, and * stands for any text; " + Migrations + " always comes along, as it says which ids are one person"
}

// Check refuses a choice that cannot be meant, with a *ChoiceError.
func (c Choice) Check() error {
	if slices.Contains(c.Include, "") || slices.Contains(c.Exclude, "") {
		return &ChoiceError{}
	}
	if slices.Contains(c.Exclude, Migrations) {
		return &ChoiceError{Name: Migrations}
	}
	return nil
}
