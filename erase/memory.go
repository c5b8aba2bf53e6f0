package erase

import (
	"encoding/hex"
	"fmt"
	"io"
	"slices"
)

// Memory is what is remembered of erased people where they were erased from something else than a DuckDB file: hashes under a
// random salt, as smew.erased and smew.erased_names have them. The zero value remembers nobody. It may be kept as JSON.
type Memory struct {
	Salt   string     `json:"salt,omitempty"`
	People [][]string `json:"people,omitempty"` // the hashes of each one's ids
	Names  []string   `json:"names,omitempty"`  // of the identities, emails and handles of all of them

	keys   *hmacKeys
	hashes map[string]int // of ids: which of the people; of names: -1
}

// Any says whether anybody was erased.
func (m *Memory) Any() bool { return len(m.People) > 0 }

// Clone is a memory that can be added to.
func (m *Memory) Clone() Memory {
	c := Memory{Salt: m.Salt, People: slices.Clone(m.People), Names: slices.Clone(m.Names)}
	for i, p := range c.People {
		c.People[i] = slices.Clone(p)
	}
	return c
}

// Ready prepares a memory for the methods below, from any number of goroutines. Whoever changed it calls it again.
func (m *Memory) Ready() (err error) {
	m.hashes = map[string]int{}
	if m.Salt == "" {
		return nil
	}
	if m.keys, err = keysOf(m.Salt); err != nil {
		return err
	}
	for _, n := range m.Names {
		m.hashes[n] = -1
	}
	for i, ids := range m.People {
		for _, id := range ids {
			m.hashes[id] = i
		}
	}
	return nil
}

// Remember adds a person, or ids and names to the person that one of the ids was remembered of. random gives the salt, the first time.
func (m *Memory) Remember(random io.Reader, ids []int64, names []string) error {
	if m.Salt == "" {
		salt := make([]byte, 32)
		if _, err := io.ReadFull(random, salt); err != nil {
			return fmt.Errorf("make a salt: %w", err)
		}
		m.Salt = hex.EncodeToString(salt)
	}
	if m.keys == nil {
		if err := m.Ready(); err != nil {
			return err
		}
	}
	person := -1
	for _, id := range ids {
		if at, known := m.hashes[m.keys.id(id)]; known {
			person = at
		}
	}
	if person < 0 {
		m.People = append(m.People, nil)
		person = len(m.People) - 1
	}
	for _, id := range ids {
		if h := m.keys.id(id); !m.knows(h) {
			m.People[person] = append(m.People[person], h)
			m.hashes[h] = person
		}
	}
	for _, name := range names {
		for _, n := range withExcerpt(name) {
			if h := m.keys.name(n); n != "" && !m.knows(h) {
				m.Names = append(m.Names, h)
				m.hashes[h] = -1
			}
		}
	}
	return nil
}

func (m *Memory) knows(hash string) bool {
	_, known := m.hashes[hash]
	return known
}

// ID says whether an id is an erased person's.
func (m *Memory) ID(id int64) bool { return m.keys != nil && m.knows(m.keys.id(id)) }

func (m *Memory) whose() whose {
	return whose{id: m.ID, name: func(name string) bool { return m.keys != nil && m.knows(m.keys.name(name)) }}
}

// Row says whether a row that was set aside, as JSON, is an erased person's.
func (m *Memory) Row(table, content string) (bool, error) { return m.whose().row(table, content) }

// Redact takes values of erased people out of a message.
func (m *Memory) Redact(message string) string { return m.whose().redact(message) }

// Same says which ids mappings make one person with somebody who is erased, and with which erased id: from[i] is mapped to to[i], each
// from at most once. Of such mappings every id leads into one chain or ring, so who is linked is one person (R8).
func Same(from, to []int64, erased func(int64) bool) (joined map[int64]int64) {
	links := map[int64][]int64{}
	for i := range from {
		links[from[i]] = append(links[from[i]], to[i])
		links[to[i]] = append(links[to[i]], from[i])
	}
	var next []int64
	with := map[int64]int64{}
	for id := range links {
		if erased(id) {
			next = append(next, id)
			with[id] = id
		}
	}
	joined = map[int64]int64{}
	for len(next) > 0 {
		id := next[len(next)-1]
		next = next[:len(next)-1]
		for _, other := range links[id] {
			if _, seen := with[other]; !seen {
				with[other], joined[other] = with[id], with[id]
				next = append(next, other)
			}
		}
	}
	return joined
}
