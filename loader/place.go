package loader

import (
	"regexp"
	"strconv"
)

// Place is where in a dump something failed: what an error's text tells, which is all that the ledger
// keeps of it. What is not told is zero, or -1 where zero would be a place.
type Place struct {
	Table  string
	Part   string // its key
	Block  int64  // from 0; -1: not told
	Byte   int64  // where the block begins; -1: not told
	Row    int64  // of the part, from 1; 0: not told
	Column string
	Reason string // what is left of the text
}

// steps are how errors begin that name a place, from the outside in.
var steps = []struct {
	pattern *regexp.Regexp
	keep    func(*Place, []string)
}{
	{regexp.MustCompile(`^dump -?\d+: `), func(*Place, []string) {}},
	{regexp.MustCompile(`^table ("(?:[^"\\]|\\.)*"): `), func(p *Place, m []string) { p.Table = unquoted(m[1]) }},
	{regexp.MustCompile(`^(?:fetch|open|read) part ("(?:[^"\\]|\\.)*"): `), func(p *Place, m []string) { p.Part = unquoted(m[1]) }},
	{regexp.MustCompile(`^(\S+\.avro): `), func(p *Place, m []string) { p.Part = m[1] }},
	{regexp.MustCompile(`^header at byte (\d+): `), func(p *Place, m []string) { p.Byte = whole(m[1]) }},
	{regexp.MustCompile(`^block (\d+) at byte (\d+): `), func(p *Place, m []string) { p.Block, p.Byte = whole(m[1]), whole(m[2]) }},
	{regexp.MustCompile(`^row (\d+): `), func(p *Place, m []string) { p.Row = whole(m[1]) }},
	{regexp.MustCompile(`^column ("(?:[^"\\]|\\.)*"): `), func(p *Place, m []string) { p.Column = unquoted(m[1]) }},
}

// FindPlace reads the place out of the text of a failure. A text that names none is all Reason.
func FindPlace(text string) Place {
	p := Place{Block: -1, Byte: -1, Reason: text}
	for _, step := range steps {
		if m := step.pattern.FindStringSubmatch(p.Reason); m != nil {
			step.keep(&p, m)
			p.Reason = p.Reason[len(m[0]):]
		}
	}
	return p
}

func unquoted(s string) string {
	if text, err := strconv.Unquote(s); err == nil {
		return text
	}
	return s
}

func whole(s string) int64 {
	n, _ := strconv.ParseInt(s, 10, 64)
	return n
}
