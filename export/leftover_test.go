package export

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"smew/bucket"
	"smew/bucket/buckettest"
	"smew/bucket/s3test"
	"smew/duck"
)

// Files of earlier runs that a run does not write again are emptied where that is wanted, those of runs that were given up too.
func TestStale(t *testing.T) {
	t.Parallel()
	rows := func(n int) string {
		return fmt.Sprintf("CREATE OR REPLACE TABLE people AS SELECT i AS id, 'x' AS name FROM range(%d) AS t(i)", n)
	}
	for _, stale := range []string{"", "keep", "empty"} {
		p := newPlace(t)
		j := people(Sync{File: "p.csv", Batch: Batch{Rows: 1}, Stale: stale})
		for _, n := range []int{3, 1, 2} {
			p.sql(rows(n))
			if r := p.mustSend(j); r.FileCount != int64(n) || len(r.Files) != n {
				t.Errorf("%s, %d rows: %+v", stale, n, r)
			}
		}
		third := "id,name\n2,x\n"
		if stale == "empty" {
			third = "id,name\n"
		}
		p.want(map[string]string{"out/p_00001.csv": "id,name\n0,x\n", "out/p_00002.csv": "id,name\n1,x\n", "out/p_00003.csv": third})
	}

	// Wherever a run fails on the bucket, the next attempt leaves this run's rows alone.
	for n := 0; ; n++ {
		p := newPlace(t)
		j := people(Sync{File: "p.json", Format: JSON, Batch: Batch{Rows: 1}, Stale: "empty", Mode: Insert})
		p.sql(rows(3))
		p.mustSend(j)
		p.sql("UPDATE people SET id = id + 10 WHERE id > 1")
		sound := p.to
		p.to = buckettest.FailAt(sound, n, buckettest.Fail)
		_, err := p.send(j, nil)
		p.to = sound
		again := p.mustSend(j)
		if again.Repeated {
			again = p.mustSend(j)
		}
		text := fmt.Sprint(content(t, p.to))
		if strings.Contains(text, `"id":0`) || strings.Contains(text, `"id":1,`) || err == nil && strings.Contains(text, `"id":2,`) || len(content(t, p.to)) != 3 {
			t.Fatalf("%d: %s", n, text)
		}
		if err == nil {
			break
		}
	}
}

// Of two databases that send a sync to one place, be one a copy of the other, the second finds that the first was there.
func TestGuard(t *testing.T) {
	t.Parallel()
	one, two := newPlace(t), newPlace(t)
	two.to = one.to
	j := people(Sync{File: "{sync.run.id}.csv", Guard: true, Mode: Insert})
	one.sql(twoPeople)
	two.sql(twoPeople)
	one.mustSend(j)
	one.mustSend(j)
	_, err := two.send(j, nil)
	var claimed *ClaimedError
	if !errors.As(err, &claimed) || claimed.Key != "out/_smew-crm.json" || claimed.Hint() == "" {
		t.Fatalf("%v", err)
	}
	// A copy knows what the first has claimed, but not what it claims afterwards.
	before := tokenOf(t, one)
	one.sql("INSERT INTO people VALUES (3, 'Cy', '')")
	one.mustSend(j)
	two.sql(fmt.Sprintf("UPDATE smew.export_syncs SET claim = '%s', claiming = NULL", before))
	if _, err := two.send(j, nil); !errors.As(err, &claimed) {
		t.Errorf("%v", err)
	}
	if r := one.mustSend(j); r.Rows() != 0 {
		t.Errorf("%+v", r)
	}

	// Wherever a run fails, its place stays its own.
	for n := 0; ; n++ {
		sound := one.to
		one.to = buckettest.FailAt(sound, n, buckettest.Fail)
		one.sql(fmt.Sprintf("INSERT INTO people VALUES (%d, 'x', '')", 100+n))
		_, err := one.send(j, nil)
		one.to = sound
		if err == nil {
			break
		}
		for again := true; again; {
			again = one.mustSend(j).Repeated
		}
	}

	// Who comes while a run is under way takes its place, and the run does not count as sent.
	one.sql("INSERT INTO people VALUES (999, 'x', '')")
	sound := one.to
	one.to = buckettest.NewFaulty(sound, func(o buckettest.Operation) buckettest.Fault {
		if o.Kind == "created" && strings.HasSuffix(o.Key, ".csv") {
			err := sound.Create(t.Context(), "out/_smew-crm.json", strings.NewReader(`{"version": 1, "token": "another"}`), bucket.Options{Overwrite: true})
			if err != nil {
				t.Error(err)
			}
		}
		return buckettest.None
	})
	if r, err := one.send(j, nil); !errors.As(err, &claimed) || r.Status != failed {
		t.Errorf("%+v, %v", r, err)
	}
}

// Of two that begin at one moment, one goes on, and the other has written no file; afterwards only the first can.
func TestGuardAtOneMoment(t *testing.T) {
	t.Parallel()
	for _, again := range []bool{false, true} {
		one, two := newPlace(t), newPlace(t)
		j := people(Sync{File: "{sync.run.id}-{model.name}.csv", Guard: true, Mode: Insert})
		jTwo := j
		jTwo.Model.Name = "two"
		one.sql(twoPeople)
		two.sql(twoPeople)
		sound := one.to
		if again { // the second is a copy of the first
			one.mustSend(j)
			two.to = bucket.NewMemory()
			two.mustSend(j)
			two.sql(fmt.Sprintf("UPDATE smew.export_syncs SET claim = '%s'", tokenOf(t, one)))
			one.sql("INSERT INTO people VALUES (3, 'x', '')")
			two.sql("INSERT INTO people VALUES (3, 'x', '')")
		}
		// When the second has read who claims the place and is about to claim it, the first begins, and ends.
		two.to = buckettest.NewFaulty(sound, func(o buckettest.Operation) buckettest.Fault {
			if o.Kind == "create" && strings.HasPrefix(o.Key, "out/_smew-") {
				one.mustSend(j)
			}
			return buckettest.None
		})
		var claimed *ClaimedError
		if _, err := two.send(jTwo, nil); !errors.As(err, &claimed) {
			t.Errorf("%v", err)
		}
		for key := range content(t, sound) {
			if strings.Contains(key, "two") {
				t.Errorf("%s was written", key)
			}
		}
		one.mustSend(j)
	}
}

func tokenOf(t *testing.T, p *place) (token string) {
	t.Helper()
	err := p.db.View(t.Context(), func(tx *duck.Tx) error {
		_, err := tx.Row(t.Context(), "SELECT claim FROM smew.export_syncs", nil, &token)
		return err
	})
	if err != nil || token == "" {
		t.Fatalf("%q, %v", token, err)
	}
	return token
}

// What a killed run has sent of a file is given up by the next one, and nothing else is.
func TestKilledUploadsAreGivenUp(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t)
	name := server.Bucket(t)
	b, err := bucket.OpenS3(t.Context(), name, server.Config())
	if err != nil {
		t.Fatal(err)
	}
	p := newPlace(t)
	p.sql(twoPeople)
	j := people(Sync{File: "people.csv"})
	p.to = buckettest.FailAt(b, 0, buckettest.Fail)
	if _, err := p.send(j, nil); err == nil {
		t.Fatal("nothing failed")
	}
	client, keys := server.Client(), []string{"out/people.csv", "out/people.csv.of-others", "out/other.csv"}
	for _, key := range append(keys, keys[0]) {
		if _, err := client.CreateMultipartUpload(t.Context(), &s3.CreateMultipartUploadInput{Bucket: &name, Key: &key}); err != nil {
			t.Fatal(err)
		}
	}
	p.to = b
	if r := p.mustSend(j); r.Attempts != 2 {
		t.Errorf("%+v", r)
	}
	left, err := client.ListMultipartUploads(t.Context(), &s3.ListMultipartUploadsInput{Bucket: &name})
	if err != nil || len(left.Uploads) != 2 || *left.Uploads[0].Key == keys[0] || *left.Uploads[1].Key == keys[0] {
		t.Errorf("%d uploads are left, %v", len(left.Uploads), err)
	}
	p.want(map[string]string{"out/people.csv": "id,name,note\n1,Ada,\"\"\n2,Bo,\n"})

	// An export of no sync gives up what another has left under the same name.
	if _, err := client.CreateMultipartUpload(t.Context(), &s3.CreateMultipartUploadInput{Bucket: &name, Key: &keys[2]}); err != nil {
		t.Fatal(err)
	}
	j.Sync.File = "other.csv"
	if _, err := Once(t.Context(), p.db, j, p.options()); err != nil {
		t.Fatal(err)
	}
	left, err = client.ListMultipartUploads(t.Context(), &s3.ListMultipartUploadsInput{Bucket: &name})
	if err != nil || len(left.Uploads) != 1 || *left.Uploads[0].Key != keys[1] {
		t.Errorf("%d uploads are left, %v", len(left.Uploads), err)
	}
}

// gaveUp is a bucket that notes what was given up.
type gaveUp struct {
	bucket.Bucket
	keys []string
}

func (g *gaveUp) GiveUpUploads(_ context.Context, key string) error {
	g.keys = append(g.keys, key)
	return errors.New("no server needs to be able to do this")
}

// What may have been left of any file that a killed run was about to write is given up, of the claim and the manifest too.
func TestAllLeavingsAreGivenUp(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.sql(twoPeople)
	j := people(Sync{File: "p.csv", Batch: Batch{Rows: 1}, Manifest: true, Guard: true, Stale: "empty"})
	sound := p.to
	p.to = buckettest.NewFaulty(sound, func(o buckettest.Operation) buckettest.Fault {
		if o.Kind == "create" && strings.HasSuffix(o.Key, "_manifest.json") {
			return buckettest.Fail
		}
		return buckettest.None
	})
	if _, err := p.send(j, nil); err == nil {
		t.Fatal("nothing failed")
	}
	p.sql("DELETE FROM people WHERE id = 2")
	seen := &gaveUp{Bucket: sound}
	p.to = seen
	p.mustSend(j)
	if want := []string{"out/_smew-crm.json", "out/_manifest.json", "out/p_00002.csv"}; !slices.Equal(seen.keys, want) {
		t.Errorf("%q, want %q", seen.keys, want)
	}
}
