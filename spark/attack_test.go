package spark

import (
	"encoding/json"
	"errors"
	"testing"

	"smew/bucket"
	"smew/erase"
	"smew/plan"
	"smew/sql"
)

// Where the lock cannot be written the user is told why, and not that nobody has it.
func TestLockThatCannotBeWritten(t *testing.T) {
	denied := errors.New("access denied")
	d := newDouble()
	d.head = []any{int64(0), "", "{}"}
	d.fails = func(statement string) error {
		if is(statement, sql.SparkMetaLock) {
			return denied
		}
		return nil
	}
	_, err := Maintain(t.Context(), d, Maintenance{})
	var locked *LockedError
	if !errors.Is(err, denied) || errors.As(err, &locked) {
		t.Errorf("it says: %v", err)
	}
	d.lock = []any{"other", "another loader", now + 60, now} // who lost a race for it is told by whom
	if _, err := Maintain(t.Context(), d, Maintenance{}); !errors.As(err, &locked) || locked.Who != "another loader" {
		t.Errorf("where somebody has it: %v", err)
	}
}

// Where nothing was ever loaded there is nobody to erase and nothing to maintain: the name of the catalog is wrong. Nothing is made there.
func TestNothingLoaded(t *testing.T) {
	d := newDouble()
	d.bare = true
	_, erasing := Erase(t.Context(), d, erase.Who{UserID: 7}, Options{})
	_, maintaining := Maintain(t.Context(), d, Maintenance{})
	for _, err := range []error{erasing, maintaining} {
		var none *HeadError
		if !errors.As(err, &none) || none.Hint() == "" {
			t.Errorf("it says: %v", err)
		}
	}
	if d.told != nil {
		t.Errorf("it did: %q", d.told)
	}
}

// The feed that a cluster is told to take for its own is its own from then on, new dumps or not.
func TestOtherFeed(t *testing.T) {
	d := newDouble()
	b := bucket.NewMemory()
	s := newState("s3://old/")
	d.head = []any{int64(3), "", encoded(t, s)}
	load := func(other bool) error {
		_, err := Load(t.Context(), Feed{Name: "s3://new/", Bucket: b}, d, Options{OtherFeed: other})
		return err
	}
	var mismatch *MismatchError
	if err := load(false); !errors.As(err, &mismatch) {
		t.Fatalf("another feed: %v", err)
	}
	if err := load(true); err != nil {
		t.Fatal(err)
	}
	if err := load(false); err != nil {
		t.Errorf("once more: %v", err)
	}
}

// A choice of tables is remembered also where there is no dump yet.
func TestChoiceBeforeDumps(t *testing.T) {
	d := newDouble()
	d.head = []any{int64(0), "", encoded(t, newState("f"))}
	choice := &plan.Choice{Exclude: []string{"secret"}}
	if _, err := Load(t.Context(), Feed{Name: "f", Bucket: bucket.NewMemory()}, d, Options{Choice: choice}); err != nil {
		t.Fatal(err)
	}
	if s, err := ReadState(t.Context(), d, Place{}); err != nil || !s.Choice.Equal(*choice) {
		t.Errorf("the head remembers %+v, %v", s.Choice, err)
	}
}

func encoded(t *testing.T, s *State) string {
	t.Helper()
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
