package export

import (
	"context"
	"errors"
	"testing"

	"smew/duck"
)

// An erased person's values leave what exports remember, and the reader is told that their rows are removed.
func TestErase(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.sql("CREATE TABLE people AS FROM (VALUES (1, 'ada@example.com', 'Ada'), (2, 'bo@example.com', 'Bo'), (3, 'other', '2')) AS t(id, email, name)")
	diff := Job{Model{ID: "people", Table: "people", PrimaryKey: []string{"id"}}, Sync{ID: "diff", Model: "people", File: "diff{sync.run.id}.csv", Mode: Diff}}
	insert := Job{Model{ID: "people", Table: "people", PrimaryKey: []string{"email"}}, Sync{ID: "insert", Model: "people", File: "i{sync.run.id}.csv", Mode: Insert}}
	p.mustSend(diff)
	p.mustSend(insert)
	p.sql("DELETE FROM people WHERE id = 2")
	count := func(query string) (n int64) {
		err := p.db.View(t.Context(), func(tx *duck.Tx) error {
			_, err := tx.Row(t.Context(), query, nil, &n)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	err := p.db.Update(context.Background(), func(tx *duck.Tx) error {
		found, err := Erase(context.Background(), tx, []int64{2}, []string{"bo@example.com"}, p.now)
		if !found {
			t.Error("nothing was found")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := count("SELECT count(*) FROM smew.export_state_1 WHERE c2 LIKE 'bo%' OR c3 = 'Bo'"); n != 0 {
		t.Errorf("%d rows keep values", n)
	}
	if n := count("SELECT count(*) FROM smew.export_state_1 WHERE h = 0"); n != 2 { // another has the id in a text
		t.Errorf("%d rows were emptied", n)
	}
	if n := count("SELECT count(*) FROM smew.export_state_2 WHERE k1 LIKE 'bo%'"); n != 0 {
		t.Errorf("%d keys are kept", n)
	}
	r := p.mustSend(diff)
	if r.Removed != 1 || r.Changed != 1 || r.Added != 0 {
		t.Errorf("%+v", r)
	}
	files := content(t, p.to)
	if got := files["out/diff3_removed.csv"]; got != "id,email,name\n2,,\n" {
		t.Errorf("removed: %q", got)
	}
	if n := count("SELECT count(*) FROM smew.export_state_1 WHERE k1 = 2"); n != 0 {
		t.Errorf("the key outlives the run that told of it")
	}
	if r := p.mustSend(insert); r.Added != 0 {
		t.Errorf("%+v", r)
	}
}

// Reset and another definition end what did not come to its end, and a changed key is no comparison.
func TestStateIsOfOneShape(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.sql(twoPeople)
	j := people(Sync{File: "{sync.run.id}.csv", Mode: Diff})
	p.mustSend(j)
	j.Model.PrimaryKey = []string{"name"}
	_, err := p.send(j, nil)
	var state *StateError
	if !errors.As(err, &state) || state.Hint() == "" {
		t.Errorf("%v", err)
	}
	if r, err := p.send(j, func(o *Options) { o.Full = true }); err != nil || r.Added != 2 {
		t.Errorf("%+v, %v", r, err)
	}
	j.Sync.Mode = Insert
	if _, err = p.send(j, nil); !errors.As(err, &state) {
		t.Errorf("%v", err)
	}
	err = p.db.Update(context.Background(), func(tx *duck.Tx) error {
		known, err := Reset(context.Background(), tx, "crm", p.now)
		if !known {
			t.Error("nothing is known of what was sent")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if r := p.mustSend(j); r.Added != 2 {
		t.Errorf("%+v", r)
	}
}
