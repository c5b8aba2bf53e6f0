package export

import (
	"errors"
	"fmt"
	"testing"

	"filippo.io/age"

	"smew/bucket/buckettest"
	"smew/duck"
)

// A run that may overwrite nothing, not even what an attempt before has written of rows that are others now, is given up for a new
// one: nothing needs to be reset. What the first attempt has written stays as it is.
func TestIfAbsentRecovers(t *testing.T) {
	t.Parallel()
	key, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		sync   Sync
		change string
		rows   int64
	}{
		"other rows":  {Sync{File: "{sync.run.id}/{part}.csv", Manifest: true}, "UPDATE people SET name = 'Bea'", 2},
		"fewer rows":  {Sync{File: "{sync.run.id}/{part}.csv", Batch: Batch{Rows: 1}, Manifest: true}, "DELETE FROM people WHERE id = 2", 1},
		"encrypted":   {Sync{File: "{sync.run.id}/{mode}", Mode: Diff, Encrypt: []string{key.Recipient().String()}}, "UPDATE people SET name = 'Bea'", 2},
		"nothing new": {Sync{File: "{sync.run.id}/{part}.csv", Batch: Batch{Rows: 1}}, "SELECT 1", 2},
	} {
		p := newPlace(t)
		p.sql(twoPeople)
		test.sync.IfAbsent = true
		j := people(test.sync)
		sound, created := p.to, 0
		p.to = buckettest.NewFaulty(sound, func(o buckettest.Operation) buckettest.Fault {
			if o.Kind == "created" {
				created++
			}
			if created > 1 || o.Kind == "created" && (j.Sync.Mode == Diff || !j.Sync.Batch.on()) {
				return buckettest.Fail // as if the process had died
			}
			return buckettest.None
		})
		if _, err := p.send(j, nil); !errors.Is(err, buckettest.ErrFault) {
			t.Fatalf("%s: %v", name, err)
		}
		p.to = sound
		first := content(t, p.to)
		p.sql(test.change)
		r := p.mustSend(j)
		var want int64 = 2
		if name == "nothing new" {
			want = 1
		}
		if r.ID != want || r.Rows() != test.rows || r.Repeated {
			t.Errorf("%s: %+v", name, r)
		}
		now := content(t, p.to)
		for key, text := range first {
			if now[key] != text {
				t.Errorf("%s: %s was overwritten", name, key)
			}
		}
		if again := p.mustSend(j); again.ID != want+1 {
			t.Errorf("%s: %+v", name, again)
		}
	}
}

// Where names stay the same, the new run meets what the killed one has written, and says what can be done about it.
func TestIfAbsentSameName(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.sql(twoPeople)
	j := people(Sync{File: "people.csv", IfAbsent: true, Empty: "write"})
	sound := p.to
	p.to = buckettest.FailAt(sound, 1, buckettest.Fail)
	if _, err := p.send(j, nil); err == nil || len(content(t, sound)) != 1 {
		t.Fatal(err, content(t, sound))
	}
	p.to = sound
	p.sql("DELETE FROM people")
	var exists *ExistsError
	for range 2 {
		if _, err := p.send(j, nil); !errors.As(err, &exists) || exists.Hint() == "" {
			t.Fatal(err)
		}
	}
}

// Reset gives up also a run of mode all that failed when files may have been written.
func TestResetOfFailed(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.sql(twoPeople)
	j := people(Sync{File: "{sync.run.id}.csv"})
	sound := p.to
	p.to = buckettest.FailAt(sound, 0, buckettest.Fail)
	if _, err := p.send(j, nil); err == nil {
		t.Fatal("nothing failed")
	}
	p.to = sound
	err := p.db.Update(t.Context(), func(tx *duck.Tx) error {
		known, err := Reset(t.Context(), tx, "crm", p.now)
		if !known {
			err = fmt.Errorf("it is not known: %w", err)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if r := p.mustSend(j); r.ID != 2 || r.Attempts != 1 {
		t.Errorf("%+v", r)
	}
}
