package spark

import (
	"context"
	"fmt"
	"regexp"
	"time"
)

// Status is what a cluster holds of a feed.
type Status struct {
	Feed     string        `json:"feed"`
	Version  int64         `json:"version"` // of the head
	Dumps    int           `json:"dumps"`
	Highest  int64         `json:"highest_dump"` // -1: none
	Last     int64         `json:"last_dump"`    // that was loaded; -1: none
	LoadedAt time.Time     `json:"loaded_at"`
	Tables   []TableStatus `json:"tables"`
}

// TableStatus is a table of a cluster.
type TableStatus struct {
	Name    string `json:"name"`   // as delivered
	Stored  string `json:"stored"` // in main and raw
	Kind    string `json:"kind"`
	Columns int    `json:"columns"`
	Resync  int64  `json:"full_resync"` // the highest; -1: none
	Tag     string `json:"tag"`
}

// ReadStatus reads the head.
func ReadStatus(ctx context.Context, s Session, p Place) (Status, error) {
	h, err := readHead(ctx, s, p)
	if err != nil {
		return Status{}, err
	}
	st := Status{Feed: h.state.Feed, Version: h.version, Dumps: len(h.state.Dumps), Highest: -1, Last: -1, Tables: []TableStatus{}}
	for id, d := range h.state.Dumps {
		st.Highest = max(st.Highest, id)
		if st.Last < 0 || d.LoadedAt.After(st.LoadedAt) {
			st.Last, st.LoadedAt = id, d.LoadedAt
		}
	}
	for _, name := range h.state.inOrder() {
		t := h.state.Tables[name]
		st.Tables = append(st.Tables, TableStatus{name, t.Stored, h.state.kind(name).String(), len(h.state.live(name)), t.Resync, h.state.Published[published(t)].Tag})
	}
	return st, nil
}

// ReadState reads what is loaded, as the head has it.
func ReadState(ctx context.Context, s Session, p Place) (*State, error) {
	h, err := readHead(ctx, s, p)
	return h.state, err
}

func readHead(ctx context.Context, s Session, p Place) (head, error) {
	c := cluster{Session: s, place: p}
	h, there, err := c.read(ctx)
	if err != nil {
		return h, fmt.Errorf("read head: %w", err)
	}
	if !there {
		return h, &HeadError{"nothing was ever loaded"}
	}
	return h, nil
}

var placeName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// Check says whether a place's names are such that every catalog takes them.
func (p Place) Check() error {
	for _, name := range []string{p.catalog(), p.Prefix} {
		if name != "" && !placeName.MatchString(name) {
			return fmt.Errorf("%q is no name for a catalog or a prefix: small letters, digits and _ are", name)
		}
	}
	return nil
}
