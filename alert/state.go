package alert

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// State is what is remembered from round to round.
type State struct {
	Feeds map[string]FeedState `json:"feeds"`
	// Outbox holds what was not sent yet, in order.
	Outbox []Delivery `json:"outbox"`
	// Pauses are for targets that could not be reached.
	Pauses map[Target]Pause `json:"pauses,omitempty"`
}

// FeedState is what is remembered of a feed.
type FeedState struct {
	Known    bool           `json:"known"` // its ledger was judged before
	Expected Expected       `json:"expected"`
	Arrivals Arrivals       `json:"arrivals"`
	Alerts   map[Kind]Alert `json:"alerts"`
}

// Expected is the dump that a sync report announced.
type Expected struct {
	Due     time.Time `json:"due"`     // zero: none was announced
	Learned time.Time `json:"learned"` // when the announcement was first judged
	Highest int64     `json:"highest"` // the highest dump_id at that time
	Came    bool      `json:"came"`
}

// Arrivals are dumps that came in, of those that a Ledger counts rows of.
type Arrivals struct {
	Known []int64 `json:"known"`
	Fresh []int64 `json:"fresh"` // of the last round that found new ones
}

// Alert is what is wrong with a feed in one way.
type Alert struct {
	Items    map[string]Item `json:"items"`    // by dump, table or export
	Severity Severity        `json:"severity"` // the highest that was told; "": none was
	Told     time.Time       `json:"told"`     // last
}

// Item is one dump, table or export of an alert.
type Item struct {
	Since    time.Time `json:"since"`
	Title    string    `json:"title"`
	Detail   string    `json:"detail"`
	Severity Severity  `json:"severity"` // as told; "": it has not lasted long enough
	Notice   bool      `json:"notice"`   // it happened, and is not over at any time
}

// Target is a channel, and whom it tells.
type Target struct{ Channel, To string }

// MarshalText writes a target as a key of JSON.
func (t Target) MarshalText() ([]byte, error) { return json.Marshal([]string{t.Channel, t.To}) }

// UnmarshalText reads what MarshalText wrote.
func (t *Target) UnmarshalText(text []byte) error {
	var pair [2]string
	err := json.Unmarshal(text, &pair)
	t.Channel, t.To = pair[0], pair[1]
	return err
}

func (t Target) String() string {
	if t.To == "" {
		return t.Channel
	}
	return t.Channel + " to " + t.To
}

// Delivery is a message on its way to a target.
type Delivery struct {
	Target  Target  `json:"target"`
	Message Message `json:"message"`
}

// Pause is how long a target that could not be reached is left alone.
type Pause struct {
	Tries int       `json:"tries"`
	Until time.Time `json:"until"`
}

// Store keeps a State between runs. Load gives the zero State where none was saved; a state that cannot
// be understood is a *BrokenError.
type Store interface {
	Load() (State, error)
	Save(State) error
}

// BrokenError says that a saved state cannot be understood; it was put aside.
type BrokenError struct {
	Path  string
	Aside string // where it is kept; "": where it was
	Err   error
}

func (e *BrokenError) Error() string { return fmt.Sprintf("read alerts %s: %v", e.Path, e.Err) }

func (e *BrokenError) Unwrap() error { return e.Err }

// Hint says what comes of it.
func (e *BrokenError) Hint() string {
	if e.Aside == "" {
		return ""
	}
	return "what is still wrong is told anew; the broken file is kept as " + e.Aside
}

// File is a Store in a file of JSON. A crash while saving leaves the state that was saved before.
type File string

// Load reads the file. One that cannot be understood is put aside.
func (f File) Load() (State, error) {
	s, err := f.Peek()
	var broken *BrokenError
	if errors.As(err, &broken) {
		broken.Aside = string(f) + ".broken"
		if err := os.Rename(string(f), broken.Aside); err != nil {
			return State{}, fmt.Errorf("put broken alerts aside: %w", err)
		}
	}
	return s, err
}

// Peek reads the file for somebody who only wants to see it.
func (f File) Peek() (State, error) {
	text, err := os.ReadFile(string(f))
	if errors.Is(err, fs.ErrNotExist) {
		return State{}, nil
	} else if err != nil {
		return State{}, fmt.Errorf("read alerts: %w", err)
	}
	var s State
	if err := json.Unmarshal(text, &s); err != nil {
		return State{}, &BrokenError{Path: string(f), Err: err}
	}
	return s, nil
}

// Save writes the file whole beside its place and then puts it there.
func (f File) Save(s State) (err error) {
	path := string(f)
	defer func() {
		if err != nil {
			err = fmt.Errorf("keep alerts in %s: %w", path, err)
		}
	}()
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	temp, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new-") // for this user only
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name()) // where it was not renamed
	_, err = temp.Write(append(text, '\n'))
	if err == nil {
		err = temp.Sync()
	}
	if err = errors.Join(err, temp.Close()); err != nil {
		return err
	}
	return os.Rename(temp.Name(), path)
}
