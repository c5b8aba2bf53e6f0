package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// config is a configuration file as it was read.
type config struct {
	path   string
	shown  []string       // its lines, with what may be a secret hidden
	values map[string]any // ${NAME} is replaced by the environment's NAME
	lines  map[string]int // of each key and item, by its path, such as feeds[0].db
	nodes  map[string]ast.Node
	unset  []problem // variables that the environment lacks
}

// problem is what is wrong at a place of a configuration file.
type problem struct {
	Line   int    `json:"line"`   // from 1; 0: of the whole file
	Path   string `json:"path"`   // such as feeds[0].db; "": the whole file
	Text   string `json:"text"`   // what is wrong
	Source string `json:"source"` // the line as it stands there, with what may be a secret hidden
}

// configFile reads the file that a call or the environment names. What is wrong in those of its sections
// that cmd has no use for is not its business.
func (a *app) configFile(cmd *cobra.Command) (*config, error) {
	path := a.configPath(cmd)
	if path == "" {
		return &config{}, nil
	}
	c, err := a.readConfig(cmd.Root(), path)
	if err != nil {
		return nil, err
	}
	wrong := c.unknown(cmd.Root())
	for _, p := range c.unset {
		if !slices.Contains(sections, topKey(p.Path)) {
			wrong = append(wrong, p)
		}
	}
	if len(wrong) > 0 {
		return nil, c.wrong(ordered(wrong)[0])
	}
	return c, nil
}

// topKey is the key that a path begins with.
func topKey(path string) string {
	if i := strings.IndexAny(path, ".["); i >= 0 {
		return path[:i]
	}
	return path
}

// missing are the variables that the environment lacks for a section.
func (c *config) missing(section string) (wrong []problem) {
	for _, p := range c.unset {
		if topKey(p.Path) == section {
			wrong = append(wrong, p)
		}
	}
	return wrong
}

func (a *app) configPath(cmd *cobra.Command) string {
	path := cmd.Flag("config").Value.String()
	if path == "" {
		path, _ = a.environ("SMEW_CONFIG")
	}
	return path
}

// readConfig reads a file that is YAML; whether the settings make sense is not looked at.
func (a *app) readConfig(root *cobra.Command, path string) (*config, error) {
	source, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	c := &config{path: path, shown: sourceLines(source, harmlessKeys(root)), lines: map[string]int{}, nodes: map[string]ast.Node{}}
	file, err := parser.ParseBytes(source, 0)
	if err == nil {
		err = yaml.Unmarshal(source, &c.values)
	}
	if err != nil {
		return nil, c.syntax(err)
	}
	for _, doc := range file.Docs[:min(1, len(file.Docs))] {
		c.index(a.environ, "", doc.Body)
		if doc.Body == nil {
			continue
		}
		if err := yaml.NodeToValue(doc.Body, &c.values); err != nil { // once more, with the environment's values
			return nil, c.syntax(err)
		}
	}
	return c, nil
}

// syntax makes an error of the YAML reader one that shows the line as it may be shown: its own shows all those near it.
func (c *config) syntax(err error) error {
	p := c.placed(err, c.onLine(0, "", ""))
	text := fmt.Sprintf("read configuration %s: ", c.path)
	if p.Line > 0 {
		return &usageError{fmt.Sprintf("%sline %d: %s%s", text, p.Line, p.Text, p.excerpt()), ""}
	}
	return &usageError{text + p.Text, ""}
}

// placed puts a problem where an error of the YAML reader is, with what that says.
func (c *config) placed(err error, p problem) problem {
	var placed yaml.Error
	if !errors.As(err, &placed) {
		p.Text = hideQuoted(err.Error(), p.Source)
		return p
	}
	if t := placed.GetToken(); t != nil && t.Position != nil {
		p = c.onLine(t.Position.Line, p.Path, "")
	}
	p.Text = hideQuoted(placed.GetMessage(), p.Source)
	return p
}

// index notes the line of each key and item below a node, and puts the environment's values in.
func (c *config) index(environ func(string) (string, bool), path string, node ast.Node) {
	switch n := node.(type) {
	case *ast.MappingNode:
		for _, v := range n.Values {
			c.index(environ, path, v)
		}
	case *ast.MappingValueNode:
		key := strings.TrimPrefix(path+"."+n.Key.GetToken().Value, ".")
		c.lines[key], c.nodes[key] = n.Key.GetToken().Position.Line, n.Value
		c.index(environ, key, n.Value)
	case *ast.SequenceNode:
		for i, v := range n.Values {
			at := item(path, i)
			c.lines[at] = firstLine(v)
			c.index(environ, at, v)
		}
	case *ast.AnchorNode:
		c.index(environ, path, n.Value)
	case *ast.TagNode:
		c.index(environ, path, n.Value)
	case *ast.LiteralNode:
		c.index(environ, path, n.Value)
	case *ast.StringNode:
		n.Value = c.expand(environ, path, n.Value)
	}
}

// item is the path of a list's item.
func item(path string, i int) string { return fmt.Sprintf("%s[%d]", path, i) }

// firstLine is where a node begins; a mapping's own token is its first colon.
func firstLine(node ast.Node) int {
	if m, ok := node.(*ast.MappingNode); ok && len(m.Values) > 0 {
		node = m.Values[0].Key
	}
	return node.GetToken().Position.Line
}

var reference = regexp.MustCompile(`\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)

// expand replaces ${NAME} by the environment's NAME; $${ stands for ${ itself.
func (c *config) expand(environ func(string) (string, bool), path, value string) string {
	return reference.ReplaceAllStringFunc(value, func(found string) string {
		if found == "$${" {
			return "${"
		}
		name := found[2 : len(found)-1]
		text, ok := environ(name)
		if !ok {
			c.unset = append(c.unset, c.at(path, fmt.Sprintf("the environment has no %s", name)))
			return found // a value that is there, so that nothing else is said to be missing
		}
		return text
	})
}

// at places a problem: at its path, or at the nearest place above that is in the file.
func (c *config) at(path, text string) problem {
	line := 0
	for place := path; place != "" && line == 0; {
		line = c.lines[place]
		place = place[:max(0, strings.LastIndexAny(place, ".["))]
	}
	return c.onLine(line, path, text)
}

func (c *config) onLine(line int, path, text string) problem {
	p := problem{Line: line, Path: path, Text: text}
	if line > 0 && line <= len(c.shown) {
		p.Source = c.shown[line-1]
	}
	return p
}

// excerpt is the problem's line as errors show it; "" where there is none.
func (p problem) excerpt() string {
	if p.Line == 0 {
		return ""
	}
	return fmt.Sprintf("\n> %2d | %s", p.Line, p.Source)
}

// unknown are the top keys that no command has a flag for, and that are no section. Keys of other commands
// are fine: one file serves them all.
func (c *config) unknown(root *cobra.Command) (wrong []problem) {
	known := flagsOf(root)
	for key := range c.values {
		if known[key] == nil && !slices.Contains(sections, key) {
			wrong = append(wrong, c.at(key, "there is no setting of this name"))
		}
	}
	return ordered(wrong)
}

// flagsOf are the flags of all commands that can be settings, by name.
func flagsOf(root *cobra.Command) map[string][]*pflag.Flag {
	known := map[string][]*pflag.Flag{}
	note := func(f *pflag.Flag) {
		if isSetting(f) {
			known[f.Name] = append(known[f.Name], f)
		}
	}
	root.PersistentFlags().VisitAll(note)
	var visit func(*cobra.Command)
	visit = func(cmd *cobra.Command) {
		cmd.LocalNonPersistentFlags().VisitAll(note)
		for _, sub := range cmd.Commands() {
			visit(sub)
		}
	}
	visit(root)
	return known
}

func ordered(problems []problem) []problem {
	slices.SortStableFunc(problems, func(a, b problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Path, b.Path))
	})
	return problems
}

// fill sets a flag from the file, if the file names it.
func (c *config) fill(f *pflag.Flag) error {
	if err := setFrom(f, c.values[f.Name]); err != nil {
		return c.wrong(c.at(f.Name, err.Error()))
	}
	return nil
}

// wrong makes a problem an error that shows the line.
func (c *config) wrong(p problem) error {
	return &usageError{fmt.Sprintf("configuration %s: %s: %s%s", c.path, p.Path, p.Text, p.excerpt()), ""}
}

// allWrong makes problems one error that shows each in its line; nil if there are none.
func (c *config) allWrong(all []problem) error {
	if len(all) == 0 {
		return nil
	}
	texts := make([]string, len(all))
	for i, p := range all {
		texts[i] = c.wrong(p).Error()
	}
	return &usageError{strings.Join(texts, "\n"), ""}
}
