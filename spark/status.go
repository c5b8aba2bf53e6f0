package spark

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"smew/plan"
	"smew/sql"
)

// Status is what a cluster holds of a feed, and how many rows readers see of it.
type Status struct {
	Version int64
	State   *State
	Rows    map[string]int64 // of main, by delivered name
	IDs     int64            // that stand for others …
	Persons int64            // … and those they stand for
}

// ReadStatus reads the head and counts rows, mostly from what Iceberg knows of files. Before anything was loaded it is a *HeadError.
func ReadStatus(ctx context.Context, s Session, p Place) (Status, error) {
	h, err := readHead(ctx, s, p)
	st := Status{Version: h.version, State: h.state, Rows: map[string]int64{}}
	if err != nil {
		return st, err
	}
	var queries []string
	for name, t := range h.state.Tables {
		if at := h.state.Published[published(t)]; at.ID != "" {
			queries = append(queries, sql.Fill(sql.SparkMetaRows, sql.Names{"name": QuoteText(name), "table": p.main(t), "tag": QuoteText(at.Tag)}))
		}
	}
	if queries != nil {
		rows, err := s.Rows(ctx, strings.Join(queries, "\nUNION ALL\n"))
		if err != nil {
			return st, fmt.Errorf("count rows: %w", err)
		}
		for _, row := range rows {
			st.Rows[text(row[0])] = number(row[1])
		}
	}
	if at := h.state.Published[identities]; at.ID != "" {
		rows, err := s.Rows(ctx, sql.Fill(sql.SparkMetaPeople, sql.Names{"identities": p.identities(), "tag": QuoteText(at.Tag)}))
		if err != nil || len(rows) != 1 {
			return st, errors.Join(err, errors.New("count identities"))
		}
		st.IDs, st.Persons = number(rows[0][0]), number(rows[0][1])
	}
	return st, nil
}

// Held is a table of a state.
type Held struct {
	Name    string `json:"name"`       // as delivered
	Shown   string `json:"shown_name"` // as views have it
	Stored  string `json:"stored"`     // in main and raw
	Kind    string `json:"kind"`
	Columns int    `json:"columns"`
	Resync  int64  `json:"full_resync"` // the highest; -1: none
	Tag     string `json:"tag"`
}

// Held are the tables, in the order of their first naming.
func (s *State) Held() []Held {
	all, names := []Held{}, s.inOrder()
	for i, shown := range plan.Names(names, plan.ReservedTables) {
		t := s.Tables[names[i]]
		all = append(all, Held{names[i], shown, t.Stored, s.kind(names[i]).String(), len(s.live(names[i])), t.Resync, s.Published[published(t)].Tag})
	}
	return all
}

// ReadState reads what is loaded, as the head has it.
func ReadState(ctx context.Context, s Session, p Place) (*State, error) {
	h, err := readHead(ctx, s, p)
	return h.state, err
}

const nothingLoaded = "nothing was ever loaded"

func readHead(ctx context.Context, s Session, p Place) (head, error) {
	c := cluster{Session: s, place: p}
	h, there, err := c.read(ctx)
	switch {
	case err != nil && strings.Contains(err.Error(), "[TABLE_OR_VIEW_NOT_FOUND]"): // the first loader makes the table
		return h, &HeadError{nothingLoaded}
	case err != nil:
		return h, fmt.Errorf("read head: %w", err)
	case !there:
		return h, &HeadError{nothingLoaded}
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
