package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"smew/alert"
)

// alertSection is the key of a configuration file that says what is told to whom.
const alertSection = "alerts"

// alertConfig reads the section of alerts; there may be none. What is wrong in it is shown in its place.
func (a *app) alertConfig(c *config) (alert.Config, error) {
	var conf alert.Config
	if c.values[alertSection] == nil {
		return conf, nil
	}
	file, err := parser.ParseBytes(c.source, 0)
	if err != nil {
		return conf, c.wrong(alertSection, err)
	}
	path, err := yaml.PathString("$." + alertSection)
	if err != nil {
		return conf, err
	}
	node, err := path.FilterFile(file)
	if err != nil {
		return conf, c.wrong(alertSection, err)
	}
	expand := &expansion{environ: a.environ}
	ast.Walk(expand, node)
	if len(expand.unset) > 0 {
		return conf, c.wrong(alertSection, fmt.Errorf("the environment has no %s", strings.Join(expand.unset, ", ")))
	}
	if err := yaml.NodeToValue(node, &conf, yaml.Strict()); err != nil {
		return conf, &usageError{fmt.Sprintf("configuration %s: %s", c.path, yaml.FormatError(err, false, true)), ""}
	}
	var wrong []string
	for _, p := range conf.Validate() {
		wrong = append(wrong, c.wrong(alertSection+"."+p.Path, errors.New(p.Text)).Error())
	}
	if wrong != nil {
		return conf, &usageError{conf.Hide(strings.Join(wrong, "\n")), ""}
	}
	return conf, nil
}

// expansion replaces ${NAME} in texts by the environment's NAME.
type expansion struct {
	environ func(string) (string, bool)
	unset   []string
}

// Visit is called for each node.
func (e *expansion) Visit(node ast.Node) ast.Visitor {
	if text, ok := node.(*ast.StringNode); ok && strings.Contains(text.Value, "${") {
		text.Value = os.Expand(text.Value, func(name string) string {
			value, ok := e.environ(name)
			if !ok {
				e.unset = append(e.unset, name)
			}
			return value
		})
	}
	return e
}
