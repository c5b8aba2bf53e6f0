package produce

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/parser"
)

// Files of the scenarios that have names.
//
//go:embed scenarios/*.yaml
var scenarioFiles embed.FS

// DefaultScenario is the name of the scenario of feeds for which none is given.
const DefaultScenario = "shop"

// ScenarioNames are the names of the scenarios that come with this package.
func ScenarioNames() []string {
	entries, _ := fs.ReadDir(scenarioFiles, "scenarios")
	var out []string
	for _, e := range entries {
		out = append(out, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	return out
}

// ScenarioText returns the file of a named scenario, with comments, to begin one's own with.
func ScenarioText(name string) ([]byte, error) {
	text, err := scenarioFiles.ReadFile(path.Join("scenarios", name+".yaml"))
	if err != nil {
		return nil, fmt.Errorf("scenario %q: there are %s", name, strings.Join(ScenarioNames(), ", "))
	}
	return text, nil
}

// ScenarioNamed returns a scenario that comes with this package.
func ScenarioNamed(name string) (*Scenario, error) {
	text, err := ScenarioText(name)
	if err != nil {
		return nil, err
	}
	return ParseScenario(text)
}

// ParseScenario reads a scenario from YAML. Keys that it does not know, and values that make no
// sense, are errors that show their line and column.
func ParseScenario(text []byte) (*Scenario, error) {
	s := &Scenario{}
	if err := yaml.UnmarshalWithOptions(text, s, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("read scenario: %s", strings.TrimSpace(yaml.FormatError(err, false, true)))
	}
	err := s.validate()
	var wrong *fieldError
	if errors.As(err, &wrong) {
		return nil, fmt.Errorf("read scenario: %w", wrong.in(text))
	}
	return s, err
}

// fieldError says what is wrong with a field of a scenario.
type fieldError struct {
	field string // as YAML knows it: resyncs[0].table
	err   error
}

func (e *fieldError) Error() string { return e.field + ": " + e.err.Error() }
func (e *fieldError) Unwrap() error { return e.err }

// in adds where in a file the field is, with the lines around.
func (e *fieldError) in(text []byte) error {
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		return e
	}
	at, err := yaml.PathString("$." + e.field)
	if err != nil {
		return e
	}
	node, err := at.FilterFile(file)
	if err != nil {
		return e
	}
	lines, err := at.AnnotateSource(text, false)
	if err != nil {
		return e
	}
	p := node.GetToken().Position
	return fmt.Errorf("[%d:%d] %w\n%s", p.Line, p.Column, e, strings.TrimRight(string(lines), "\n"))
}

// validate returns a *fieldError for the first field that makes no sense.
func (s *Scenario) validate() error {
	for _, check := range []func() error{s.checkShares, s.checkDays, s.checkTables, s.checkNames, s.checkNumbers} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func wrong(field, format string, args ...any) error {
	return &fieldError{field, fmt.Errorf(format, args...)}
}

func (s *Scenario) checkShares() error {
	for _, f := range []struct {
		field string
		share float64
	}{{"duplicates.in_part", s.Duplicates.InPart}, {"duplicates.in_dump", s.Duplicates.InDump},
		{"duplicates.later", s.Duplicates.Later}, {"second_ids", s.SecondIDs}, {"shared_events", s.SharedEvents},
		{"late_events", s.LateEvents}, {"invalid_dates", s.InvalidDates}, {"corrections", s.Corrections}} {
		if !(f.share >= 0 && f.share <= 1) {
			return wrong(f.field, "%v is not from 0 to 1", f.share)
		}
	}
	if !(s.Merges >= 0 && s.Merges <= 10) {
		return wrong("merges", "%v is not from 0 to 10", s.Merges)
	}
	return nil
}

func (s *Scenario) checkDays() error {
	type field struct {
		name string
		days Days
	}
	all := []field{{"failed_syncs", s.FailedSyncs}, {"strays", s.Strays}, {"shared_identity.days", s.SharedIdentity.Days}}
	for i, c := range s.Columns {
		all = append(all, field{fmt.Sprintf("columns[%d].missing", i), c.Missing})
	}
	for i, t := range s.Tables {
		all = append(all, field{fmt.Sprintf("tables[%d].off", i), t.Off})
	}
	for i, r := range s.Resyncs {
		all = append(all, field{fmt.Sprintf("resyncs[%d].days", i), r.Days})
	}
	for i, l := range s.Late {
		all = append(all, field{fmt.Sprintf("late_manifests[%d].days", i), l.Days})
	}
	for i, d := range s.Definitions {
		all = append(all, field{fmt.Sprintf("definitions[%d].days", i), d.Days})
	}
	for _, f := range all {
		if _, err := f.days.spans(); err != nil {
			return &fieldError{f.name, err}
		}
	}
	return nil
}

// checkTables looks at the names of tables and columns.
func (s *Scenario) checkTables() error {
	schema := newSchema(Times{})
	for i, c := range s.Columns {
		field := fmt.Sprintf("columns[%d]", i)
		n, ok := tableNamed(c.Table)
		if !ok {
			return unknownTable(field+".table", c.Table)
		}
		columns := schema.names(n)
		if !slices.Contains(columns, c.Column) {
			return wrong(field+".column", "table %s has no column %q but %s", c.Table, c.Column, strings.Join(columns, ", "))
		}
		if strings.HasSuffix(c.Column, "_id") && slices.Contains([]string{"event_id", "user_id", "session_id", "from_user_id", "to_user_id"}, c.Column) {
			return wrong(field+".column", "%s is never missing", c.Column)
		}
	}
	for i, t := range s.Tables {
		if _, ok := tableNamed(t.Table); !ok {
			return unknownTable(fmt.Sprintf("tables[%d].table", i), t.Table)
		}
	}
	for i, r := range s.Resyncs {
		n, ok := tableNamed(r.Table)
		if !ok {
			return unknownTable(fmt.Sprintf("resyncs[%d].table", i), r.Table)
		}
		if n == migrations {
			return wrong(fmt.Sprintf("resyncs[%d].table", i), "%s is delivered in full every day", r.Table)
		}
	}
	return nil
}

func unknownTable(field, name string) error {
	var all []string
	for n := range tables {
		all = append(all, n.String())
	}
	return wrong(field, "there is no table %q but %s", name, strings.Join(all, ", "))
}

// checkNames looks at what is one of several words.
func (s *Scenario) checkNames() error {
	type field struct {
		name, value string
		of          []string
	}
	ways := []string{"", "text", "ms", "us", "mixed"}
	all := []field{{"times.users", s.Times.Users, ways}, {"times.events", s.Times.Events, ways},
		{"layout", s.Layout, []string{"", "hive", "plain", "mixed"}}}
	for i, r := range s.Resyncs {
		all = append(all, field{fmt.Sprintf("resyncs[%d].rows", i), r.Rows, []string{"", allRows, someRows, noRows, emptyPart}})
	}
	for i, d := range s.Definitions {
		all = append(all, field{fmt.Sprintf("definitions[%d].file", i), d.File, DefinitionsNames()})
	}
	for _, f := range all {
		if !slices.Contains(f.of, f.value) {
			return wrong(f.name, "%q is none of %s", f.value, strings.TrimPrefix(strings.Join(f.of, ", "), ", "))
		}
	}
	for i, text := range s.Faults {
		if _, err := parseFault(text); err != nil {
			return &fieldError{fmt.Sprintf("faults[%d]", i), err}
		}
	}
	if name := s.PartName; name != "" && (!strings.Contains(name, "{uuid}") || strings.ContainsAny(name, "/\\\x00")) {
		return wrong("part_name", "%q has no {uuid}, or is more than a file's name", name)
	}
	for i, name := range s.Environments {
		if !isSegment(name) || slices.Index(s.Environments, name) != i {
			return wrong(fmt.Sprintf("environments[%d]", i), "%q is not a name of letters, digits, - and _ that comes once", name)
		}
	}
	return nil
}

func isSegment(name string) bool {
	return name != "" && strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == ""
}

// mostLate bounds how many dumps wait in memory.
const mostLate = 1000

func (s *Scenario) checkNumbers() error {
	type field struct {
		name         string
		value, least int64
	}
	all := []field{{"shared_identity.ids", int64(s.SharedIdentity.IDs), 0}, {"shared_identity.back", int64(s.SharedIdentity.Back), 0}}
	for i, t := range s.Tables {
		all = append(all, field{fmt.Sprintf("tables[%d].part_rows", i), int64(t.PartRows), 0})
	}
	for i, l := range s.Late {
		all = append(all, field{fmt.Sprintf("late_manifests[%d].by", i), int64(l.By), 1})
	}
	for i, j := range s.Jumps {
		all = append(all, field{fmt.Sprintf("jumps[%d].day", i), int64(j.Day), 1}, field{fmt.Sprintf("jumps[%d].to", i), j.To, 0})
	}
	for _, f := range all {
		if f.value < f.least {
			return wrong(f.name, "%d is less than %d", f.value, f.least)
		}
	}
	for i, j := range s.Jumps {
		if j.To > highestBegin {
			return wrong(fmt.Sprintf("jumps[%d].to", i), "%d is more than %d, with which the dump_ids after it are at most 2^63-1", j.To, highestBegin)
		}
	}
	for i, l := range s.Late {
		if l.By > mostLate {
			return wrong(fmt.Sprintf("late_manifests[%d].by", i), "%d is more than %d", l.By, mostLate)
		}
	}
	return nil
}
