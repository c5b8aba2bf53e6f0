package define

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// node is a JSON value that knows its place.
type node struct {
	offset int // of its first byte
	path   string
	value  any // nil, bool, string, json.Number, []*node, or []member
}

type member struct {
	name  string
	value *node
}

// byteOrder is a mark that a file may begin with.
var byteOrder = []byte("\ufeff")

// maxDepth is how deep a file may be nested.
const maxDepth = 50

var errDepth = fmt.Errorf("nested more than %d deep", maxDepth)

// readTree reads a file as one JSON value.
func readTree(body []byte) (*node, error) {
	r := treeReader{body: body, skipped: len(body) - len(bytes.TrimPrefix(body, byteOrder))}
	r.d = json.NewDecoder(bytes.NewReader(body[r.skipped:]))
	r.d.UseNumber()
	t, err := r.node("", 0)
	if err != nil {
		return nil, r.placed(err)
	}
	if r.after(blanks) < len(r.body) {
		return nil, r.placed(errors.New("there is more after the end"))
	}
	return t, nil
}

type treeReader struct {
	d       *json.Decoder
	body    []byte
	skipped int // bytes before what d reads
}

// placed says where reading ended: at the byte that is wrong, or the value that is.
func (r *treeReader) placed(err error) error {
	line, column := place(r.body, r.after(blanks))
	return fmt.Errorf("line %d, column %d: %w", line, column, err)
}

// next is the place of the next token.
func (r *treeReader) next() int { return r.after(blanks + ",:") }

const blanks = " \t\r\n"

// after is the first place ahead where none of some characters stands.
func (r *treeReader) after(passed string) int {
	at := r.skipped + int(r.d.InputOffset())
	for at < len(r.body) && strings.IndexByte(passed, r.body[at]) >= 0 {
		at++
	}
	return at
}

func (r *treeReader) node(path string, depth int) (*node, error) {
	d := r.d
	at := r.next()
	token, err := d.Token()
	if err != nil {
		return nil, ended(err)
	}
	n := &node{offset: at, path: path, value: token}
	if depth > maxDepth {
		return nil, errDepth
	}
	switch token {
	case json.Delim('['):
		items := []*node{}
		for d.More() {
			item, err := r.node(fmt.Sprintf("%s[%d]", path, len(items)), depth+1)
			if err != nil {
				return nil, err
			}
			items = append(items, item)
		}
		n.value = items
	case json.Delim('{'):
		members := []member{}
		for d.More() {
			key, err := d.Token()
			if err != nil {
				return nil, ended(err)
			}
			name, _ := key.(string)
			below := name
			if path != "" {
				below = path + "." + name
			}
			value, err := r.node(below, depth+1)
			if err != nil {
				return nil, err
			}
			members = append(members, member{name, value})
		}
		n.value = members
	default:
		return n, nil
	}
	_, err = d.Token() // the closing one
	return n, ended(err)
}

func ended(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
