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
type ChoiceError struct {
	Name    string
	Unknown bool   // no dump has a table of this name
	Like    string // … but one that is almost called so; "": none
	Nothing bool   // no table is left
}

func (e *ChoiceError) Error() string {
	switch {
	case e.Nothing:
		return "choose tables: of those in the database none would be left"
	case e.Unknown && e.Like != "":
		return fmt.Sprintf("choose tables: no dump has a table %q; there is %q", e.Name, e.Like)
	case e.Unknown:
		return fmt.Sprintf("choose tables: no dump has a table %q", e.Name)
	case e.Name == "":
		return "choose tables: a name is empty"
	}
	return fmt.Sprintf("choose tables: %s cannot be left out", e.Name)
}

// Hint says what the user can do about it.
func (e *ChoiceError) Hint() string {
	return "tables are named as delivered, and * stands for any text; " + Migrations + " always comes along, as it says which ids are one person"
}

// Leaves refuses a choice that can hardly be meant where these tables are there, with a *ChoiceError: one that includes a name
// that none of them has, or that leaves none but user_migrations.
func (c Choice) Leaves(tables []string) error {
	for _, name := range c.Include {
		if strings.Contains(name, "*") || slices.Contains(tables, name) {
			continue
		}
		e := &ChoiceError{Name: name, Unknown: true}
		if i := slices.IndexFunc(tables, func(t string) bool { return strings.EqualFold(t, name) }); i >= 0 {
			e.Like = tables[i]
		}
		return e
	}
	left := func(t string) bool { return t != Migrations && c.Has(t) }
	if slices.ContainsFunc(tables, func(t string) bool { return t != Migrations }) && !slices.ContainsFunc(tables, left) {
		return &ChoiceError{Nothing: true}
	}
	return nil
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

// LeavesOf is Leaves of the tables that dumps name.
func (c Choice) LeavesOf(dumps []Dump) error {
	var names []string
	for _, d := range dumps {
		for _, t := range d.Tables {
			names = append(names, t.Name)
		}
	}
	return c.Leaves(names)
}
