package export

import (
	"errors"
	"io/fs"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"smew/bucket"
	"smew/bucket/buckettest"
	"smew/bucket/s3test"
)

// large is a model whose result goes up in parts, each of five columns of hashes; late is how it ends.
func large(late string) Job {
	return Job{
		Model{ID: "m", SQL: "SELECT i AS id, md5(i::VARCHAR) AS a, md5((i + 1)::VARCHAR) AS b, md5((i + 2)::VARCHAR) AS c, " + late + " AS d FROM range(250000) AS t(i)", PrimaryKey: []string{"id"}},
		Sync{ID: "s", Model: "m", File: "large.csv"},
	}
}

func TestS3(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t)
	open := func(name string) *bucket.S3 {
		c := server.Config()
		c.PartSize, c.SSE = 5<<20, "AES256"
		b, err := bucket.OpenS3(t.Context(), name, c)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}

	// A query that fails when parts have gone up leaves neither an object nor parts.
	t.Run("fails late", func(t *testing.T) {
		name := server.Bucket(t)
		for _, change := range []func(*Sync){
			func(*Sync) {}, func(s *Sync) { s.Format = JSON }, func(s *Sync) { s.Compression = "zstd" },
			func(s *Sync) { s.Format, s.Parquet.Compression = Parquet, "uncompressed" }, func(s *Sync) { s.File = "{hash}.csv" },
		} {
			p := newPlace(t)
			p.to = open(name)
			j := large("CASE WHEN i = 249990 THEN error('too late') ELSE '' END")
			change(&j.Sync)
			r, err := p.send(j, nil)
			if err == nil || !strings.Contains(err.Error(), "too late") || r.Status != failed {
				t.Errorf("%s: %v", j.Sync.Format, err)
			}
		}
		if left := content(t, open(name)); len(left) > 0 {
			t.Errorf("%d objects are left", len(left))
		}
		uploads, err := server.Client().ListMultipartUploads(t.Context(), &s3.ListMultipartUploadsInput{Bucket: &name})
		if err != nil || len(uploads.Uploads) > 0 {
			t.Errorf("%d uploads are left, %v", len(uploads.Uploads), err)
		}
	})

	t.Run("goes up in parts", func(t *testing.T) {
		p := newPlace(t)
		p.to = open(server.Bucket(t))
		r := p.mustSend(large("''"))
		text := content(t, p.to)["out/large.csv"]
		if r.Added != 250000 || int64(len(text)) != r.Bytes || r.Bytes < 20<<20 || strings.Count(text, "\n") != 250001 {
			t.Errorf("%+v, %d bytes", r, len(text))
		}
	})

	// What is there stays with if-absent; what an attempt before has written is taken for what it is.
	t.Run("if absent", func(t *testing.T) {
		p := newPlace(t)
		p.sql(twoPeople)
		b := open(server.Bucket(t))
		p.to = b
		j := people(Sync{File: "people.csv", Mode: Insert, IfAbsent: true})
		p.to = buckettest.NewFaulty(b, func(o buckettest.Operation) buckettest.Fault {
			if o.Kind == "created" {
				return buckettest.Fail // as if the answer had not arrived
			}
			return buckettest.None
		})
		if _, err := p.send(j, nil); !errors.Is(err, buckettest.ErrFault) {
			t.Fatal(err)
		}
		p.to = b
		if r := p.mustSend(j); r.ID != 1 || !r.Repeated || r.Added != 2 {
			t.Errorf("%+v", r)
		}
		p.sql("INSERT INTO people VALUES (3, 'Cy', 'new')")
		r, err := p.send(j, nil)
		var exists *ExistsError
		if !errors.As(err, &exists) || !errors.Is(err, fs.ErrExist) || exists.Hint() == "" || exists.Key != "out/people.csv" {
			t.Errorf("%v", err)
		}
		p.want(map[string]string{"out/people.csv": "id,name,note\n1,Ada,\"\"\n2,Bo,\n"})
		j.Sync.IfAbsent = false
		if again := p.mustSend(j); again.ID == r.ID || again.Added != 1 {
			t.Errorf("%+v after %+v", again, r)
		}
		p.want(map[string]string{"out/people.csv": "id,name,note\n3,Cy,new\n"})
	})
}
