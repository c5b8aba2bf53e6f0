package spark

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

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

// shopFeed is a feed of one dump, whose tables have no rows.
func shopFeed(t *testing.T, id int64, tables ...string) Feed {
	t.Helper()
	b := bucket.NewMemory()
	keep(t, b, id, tables...)
	return Feed{Name: "f", Bucket: b, Source: plan.Source{Bucket: "feed"}}
}

func keep(t *testing.T, b bucket.Bucket, id int64, tables ...string) {
	t.Helper()
	var all []string
	for _, name := range tables {
		all = append(all, fmt.Sprintf(`{"name": %q, "files": [], "incremental": true, "columns": ["event_id"]}`, name))
	}
	body := fmt.Sprintf(`{"dump_id": %d, "tables": [%s], "property_definitions": null}`, id, strings.Join(all, ","))
	if err := b.Create(t.Context(), "manifests/sync_1.json", strings.NewReader(body), bucket.Options{Overwrite: true}); err != nil {
		t.Fatal(err)
	}
}

// A table that comes in while another goes is not what is dropped afterwards, although both are stored under numbers.
func TestChoiceDropsWhatGoes(t *testing.T) {
	d := newDouble()
	f := shopFeed(t, 1, "Sign Up", "Log In")
	choose := func(exclude string) {
		t.Helper()
		if s, err := Load(t.Context(), f, d, Options{Choice: &plan.Choice{Exclude: []string{exclude}}}); err != nil || len(s.Failed) > 0 {
			t.Fatalf("%v, %+v", err, s)
		}
	}
	choose("Log In")
	d.told = nil
	choose("Sign Up")
	s, err := ReadState(t.Context(), d, Place{})
	if err != nil || s.Tables["Sign Up"] != nil || s.Tables["Log In"] == nil {
		t.Fatalf("%v, %+v", err, s.Tables)
	}
	made := "main.`" + s.Tables["Log In"].Stored + "`"
	at := slices.IndexFunc(d.told, func(s string) bool { return strings.Contains(s, "CREATE TABLE heap."+made) })
	if at < 0 || slices.ContainsFunc(d.told[at:], func(s string) bool { return strings.HasPrefix(s, "DROP TABLE") && strings.Contains(s, made) }) {
		t.Errorf("%s is made, and dropped again: %q", made, d.told)
	}
	if !slices.ContainsFunc(d.told[at:], func(s string) bool { return strings.HasPrefix(s, "DROP TABLE IF EXISTS heap.main.`t1`") }) {
		t.Errorf("what goes stays: %q", d.told)
	}
}

// A choice that the waiting dumps show to be a mistake is refused before anything is loaded by it, as by a load into DuckDB.
func TestMistakenChoice(t *testing.T) {
	d := newDouble()
	var wrong *plan.ChoiceError
	_, err := Load(t.Context(), shopFeed(t, 1, "pageviews"), d, Options{Choice: &plan.Choice{Include: []string{"pagevews"}}})
	if !errors.As(err, &wrong) || wrong.Name != "pagevews" {
		t.Errorf("it says: %v", err)
	}
	if s, err := ReadState(t.Context(), d, Place{}); err != nil || len(s.Dumps) > 0 || len(s.Choice.Include) > 0 {
		t.Errorf("it did: %v, %+v", err, s)
	}
}

// A manifest that has changed since its dump was loaded is not taken for what was loaded (R1).
func TestChangedManifest(t *testing.T) {
	for _, id := range []int64{1, 9} {
		d := newDouble()
		f := shopFeed(t, 1, "a", "b")
		if _, err := Load(t.Context(), f, d, Options{Choice: &plan.Choice{Exclude: []string{"b"}}}); err != nil {
			t.Fatal(err)
		}
		keep(t, f.Bucket, id, "a", "b", "c")
		_, err := Load(t.Context(), f, d, Options{Choice: &plan.Choice{Include: []string{"*"}}})
		if !errors.Is(err, plan.ErrChanged) || !strings.Contains(err.Error(), "manifests/sync_1.json") {
			t.Errorf("dump %d now: %v", id, err)
		}
	}
}

// A loader whose lock is taken notices soon, and stops.
func TestLockTaken(t *testing.T) {
	d := newDouble()
	at := time.Unix(now, 0)
	o := Options{Now: func() time.Time { at = at.Add(4 * time.Second); return at }}
	o.Before = func(step string) error {
		if strings.HasPrefix(step, "define") {
			d.lock = []any{"other", "another loader", now + 60, now}
		}
		return nil
	}
	var locked *LockedError
	_, err := Load(t.Context(), shopFeed(t, 1, "a", "b", "c", "d"), d, o)
	if !errors.As(err, &locked) || locked.Who != "another loader" || d.head[0] != int64(0) {
		t.Errorf("it says: %v, at version %v", err, d.head[0])
	}
}

// Two loaders at work, one of them fenced off, write no branch of the other's, and nothing into the other's scratch.
func TestLoadersApart(t *testing.T) {
	o := Options{Scratch: Scratch{Bucket: bucket.NewMemory(), Prefix: "scratch/"}}
	a, b := newLoad(Feed{}, newDouble(), o), newLoad(Feed{}, newDouble(), o)
	if a.place.branchName() == b.place.branchName() || a.options.Scratch.Prefix == b.options.Scratch.Prefix || !strings.HasPrefix(a.options.Scratch.Prefix, "scratch/") {
		t.Errorf("%+v and %+v; %+v and %+v", a.place, b.place, a.options.Scratch, b.options.Scratch)
	}
}

// What a loader left that died before its commit goes: its tag, and what tables show that nobody committed.
func TestRepairs(t *testing.T) {
	s := newState("f")
	s.Published["main.`a`"], s.Published["main.`b`"] = Snapshot{"5", "v3"}, Snapshot{"6", "v8"}
	c := &cluster{}
	got := c.repairs(head{8, s}, [][]any{{"main.`a`", "main", "5"}, {"main.`a`", "v8", "9"}, {"main.`b`", "main", "7"}, {"main.`b`", "v8", "6"}})
	for i, s := range got {
		got[i] = withoutComments(s)
	}
	want := []string{"ALTER TABLE heap.main.`a` DROP TAG IF EXISTS v8", "CALL heap.system.set_current_snapshot(table => 'heap.main.`b`', ref => 'v8')"}
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Columns that no part has are told of (R12), and names that definitions mention and tables have not (R14).
func TestWarnings(t *testing.T) {
	d := plan.Dump{ID: 4, Tables: []plan.Table{{Name: "pageviews", Columns: []string{"event_id", "user_id", "path"}}}}
	parts := map[string][]part{"pageviews": {{fields: []field{{"event_id", "event_id"}, {"user_id", "user_id"}}, sifted: sifted{rows: 3}}}}
	p := planDump(Place{}, newState("f"), d, parts)
	p.state.Definitions = &Definitions{Dump: 4, Body: `{"version": 1, "properties": [{"name": "p", "type": "event", "cases": [{"when": {"property": "utm", "operator": "is_defined"}, "value": {"constant": "x"}}]}]}`}
	got := append(p.lacking(), p.undefined()...)
	want := []string{`dump 4: table "pageviews": the manifest lists column "path", which no part has`, `property definitions: table "pageviews" has no "utm", which is NULL there`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
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
