// Package definetest draws random property definitions for tests.
package definetest

import (
	"math/rand/v2"
	"strings"

	"smew/define"
)

// Odd are texts that comparisons, numbers and patterns stumble over.
var Odd = []string{
	"", "a", "A", "abc", "aBc", "b", "1", "01", "1.0", "-1", "+1", "1e3", "1E3", "1e400", "-1e-400", "1e-7", "0.1", ".5", "5.", "1 ", " 1", "1,5", "0x1", "inf", "NaN", "Infinity", "-0", "0", "-0.0",
	"9007199254740993", "123456789012345678", "1e15", "1e16", "12345678901234567", "0.0001", "0.00012345", "0.00001", "1_000", "٣", "true", "false", "null", "*", "%", "_", `\`, `a\b`, "a%b", "a_b", "a*b", "'", `"`, "a'b", "ä", "Ä", "straße", "STRASSE", "ÀÉ", "àé", "🦆", "e\u0301", "é",
	"line\nbreak", "\t", "google", "www.Google.com", "cpc", "utm source", strings.Repeat("ä", 1023), strings.Repeat("🦆", 1025), strings.Repeat("x", 1024) + "y", "NULL", "\u200b", "Ω", "ω",
}

func pick[T any](r *rand.Rand, all []T) T { return all[r.IntN(len(all))] }

// Generator draws definitions. What it is asked for builds on what was drawn before.
type Generator struct {
	Rand  *rand.Rand
	Names []string // columns and properties so far
}

func (g *Generator) name() string { return pick(g.Rand, append(g.Names, "nobody's")) }

func (g *Generator) constant() string {
	text := pick(g.Rand, Odd)
	if g.Rand.IntN(4) == 0 {
		text += pick(g.Rand, Odd)
	}
	return text
}

func (g *Generator) value() define.Value {
	switch g.Rand.IntN(5) {
	case 0:
		return define.Value{}
	case 1, 2:
		text := g.constant()
		return define.Value{Constant: &text}
	}
	return define.Value{Property: g.name()}
}

func (g *Generator) condition(depth int) (c define.Condition) {
	if depth > 0 && g.Rand.IntN(3) == 0 {
		var some []define.Condition
		for range 1 + g.Rand.IntN(3) {
			some = append(some, g.condition(depth-1))
		}
		switch g.Rand.IntN(3) {
		case 0:
			c.All = some
		case 1:
			c.Any = some
		default:
			c.Not = &some[0]
		}
		return c
	}
	c.Property = g.name()
	c.Operator = pick(g.Rand, []define.Operator{
		define.Equals, define.DoesNotEqual, define.Contains, define.DoesNotContain, define.WildcardMatches, define.DoesNotMatch, define.IsDefined, define.IsNotDefined,
		define.LessThan, define.GreaterThan, define.AtMost, define.AtLeast, define.In, define.NotIn,
	})
	switch c.Operator {
	case define.IsDefined, define.IsNotDefined:
	case define.In, define.NotIn:
		for range g.Rand.IntN(4) {
			c.Values = append(c.Values, g.constant())
		}
	default:
		c.Values = []string{g.constant()}
	}
	return c
}

func (g *Generator) formula(depth int) (f define.Formula) {
	if depth == 0 || g.Rand.IntN(4) == 0 {
		return define.Formula{Value: g.value()}
	}
	f.Op = pick(g.Rand, []define.Op{define.Add, define.Subtract, define.Multiply, define.Divide, define.Concat})
	for range 2 + g.Rand.IntN(2) {
		f.Parts = append(f.Parts, g.formula(depth-1))
	}
	return f
}

// Property draws one.
func (g *Generator) Property(name string) define.Property {
	p := define.Property{Name: name}
	if g.Rand.IntN(3) == 0 {
		f := g.formula(3)
		p.Formula = &f
	} else {
		for range g.Rand.IntN(4) {
			p.Cases = append(p.Cases, define.Case{When: g.condition(3), Value: g.value()})
		}
		p.Default = g.value()
	}
	g.Names = append(g.Names, name)
	return p
}
