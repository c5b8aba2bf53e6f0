package export

import (
	"fmt"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"

	"smew/bucket/buckettest"
	"smew/duck"
)

// log is what became of a sync's runs, the newest first.
func (p *place) log(sync string) (runs []Run) {
	p.t.Helper()
	err := p.db.View(p.t.Context(), func(tx *duck.Tx) (err error) {
		runs, err = Log(p.t.Context(), tx, sync, 100)
		return err
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return runs
}

// The log shows how the first files of the last run begin, as they lie there.
func TestFirstLines(t *testing.T) {
	t.Parallel()
	key, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	const rows = "CREATE OR REPLACE TABLE people AS SELECT i AS id, repeat('ä', 900) AS name FROM range(9) AS t(i)"
	wide := `{"id":0,"name":"` // of two bytes each
	for name, test := range map[string]struct {
		sync Sync
		rows string
		want [][]string // of each file
	}{
		"csv":       {Sync{Compression: "gzip", CSV: CSVOptions{Delimiter: ";"}}, twoPeople, [][]string{{"id;name;note", `1;Ada;""`, "2;Bo;"}}},
		"hash":      {Sync{File: "{hash}.csv"}, twoPeople, [][]string{{"id,name,note", `1,Ada,""`, "2,Bo,"}}},
		"batches":   {Sync{Format: JSON, Batch: Batch{Rows: 1}}, twoPeople, [][]string{{"[", `{"id":1,"name":"Ada","note":""}`, "]"}, nil}},
		"diff":      {Sync{Mode: Diff, Format: Parquet, Empty: "write"}, twoPeople, [][]string{{`{"id":1,"name":"Ada","note":""}`, `{"id":2,"name":"Bo","note":null}`}, nil, nil}},
		"parquet":   {Sync{Format: Parquet}, twoPeople, [][]string{{`{"id":1,"name":"Ada","note":""}`, `{"id":2,"name":"Bo","note":null}`}}},
		"encrypted": {Sync{Encrypt: []string{key.Recipient().String()}}, twoPeople, [][]string{nil}},
		"empty":     {Sync{Format: JSONLines, Empty: "write"}, twoPeople + "; DELETE FROM people", [][]string{nil}},
		"wide":      {Sync{Format: JSONLines, Columns: []Column{{Name: "id"}, {Name: "name"}}}, rows, nil},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			p.sql(test.rows)
			j := people(test.sync)
			p.mustSend(j)
			var got [][]string
			for _, f := range p.log("crm")[0].Files {
				got = append(got, f.First)
			}
			if name == "wide" { // cut in the middle of a line, and of a character
				if len(got) != 1 || len(got[0]) != 3 || got[0][0][:len(wide)] != wide || len(fmt.Sprint(got)) > 5000 {
					t.Errorf("%d lines: %q", len(got[0]), got)
				}
				return
			}
			for i, first := range got {
				if len(first) == 0 {
					got[i] = nil
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}

	p := newPlace(t)
	p.sql(twoPeople)
	j := people(Sync{File: "{sync.run.id}"})
	p.mustSend(j)
	p.mustSend(j)
	if runs := p.log("crm"); len(runs[0].Files[0].First) != 3 || len(runs[1].Files[0].First) != 0 {
		t.Errorf("%+v", runs)
	}
	err = p.db.Update(t.Context(), func(tx *duck.Tx) error {
		_, err := Erase(t.Context(), tx, []int64{99}, nil, time.Now())
		return err
	})
	if runs := p.log("crm"); err != nil || len(runs[0].Files[0].First) != 0 {
		t.Errorf("%+v, %v", runs, err)
	}
}

// How many rows the model has is known also where only what has changed is sent.
func TestModelRows(t *testing.T) {
	t.Parallel()
	for _, mode := range []Mode{All, Insert, Diff} {
		p := newPlace(t)
		p.sql(twoPeople)
		j := people(Sync{File: "{sync.run.id}", Mode: mode})
		for _, step := range []struct {
			change string
			want   int64
		}{
			{"SELECT 1", 2}, {"SELECT 1", 2}, {"INSERT INTO people VALUES (3, 'Cy', ''), (3, 'Cy', ''), (NULL, 'x', '')", 3}, {"DELETE FROM people WHERE id < 3", 1},
		} {
			p.sql(step.change)
			r := p.mustSend(j)
			if mode == All && step.want == 3 {
				step.want = 5
			} else if mode == All && step.want == 1 {
				step.want = 3
			}
			if logged := p.log("crm")[0]; r.ModelRows != step.want || logged.ModelRows != step.want {
				t.Errorf("%s, %s: %d rows, %d in the log, want %d", mode, step.change, r.ModelRows, logged.ModelRows, step.want)
			}
		}
	}
}

// A dry run foresees the run that comes next: the one that did not come to its end, with its names and its rows, or a new one.
func TestPreviewForesees(t *testing.T) {
	t.Parallel()
	for _, mode := range []Mode{All, Insert, Diff} {
		p := newPlace(t)
		p.sql(twoPeople)
		j := people(Sync{File: "{sync.run.id}-{X}.csv", Mode: mode})
		p.mustSend(j)
		p.sql("INSERT INTO people VALUES (3, 'Cy', NULL)")
		sound := p.to
		for _, breaks := range []int{1, -1} {
			if breaks > 0 {
				p.to = buckettest.FailAt(sound, breaks, buckettest.Fail)
				if _, err := p.send(j, nil); err == nil {
					t.Fatal("nothing failed")
				}
				p.to = sound
			}
			p.sql("INSERT INTO people VALUES (4, 'Di', '')")
			foreseen, err := Preview(t.Context(), p.db, j, p.options())
			if err != nil {
				t.Fatal(err)
			}
			for i := range foreseen.Files {
				foreseen.Files[i].First = nil
			}
			sent := p.mustSend(j)
			if diff := cmp.Diff(sent.Files, foreseen.Files); diff != "" || foreseen.ID != 0 || foreseen.ModelRows != sent.ModelRows || foreseen.Status != "dry run" {
				t.Errorf("%s: %+v\n%s", mode, foreseen, diff)
			}
		}
	}
}
