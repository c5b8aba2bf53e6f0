package loader_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"smew/avro/avrotest"
	"smew/bucket"
	"smew/bucket/faultproxy"
	"smew/bucket/s3test"
	"smew/sample"
)

// fiveOnServer writes the five dumps into a bucket of a real S3 server, which it also opens directly.
func fiveOnServer(t *testing.T) (server *s3test.Server, name string, direct *bucket.S3) {
	t.Helper()
	server = s3test.Start(t)
	name = server.Bucket(t)
	direct = server.Open(t, name)
	writeFive(t, direct)
	return server, name, direct
}

// throughProxy opens the server's bucket as smew does, but for what alter changes, through a new proxy.
func throughProxy(t *testing.T, server *s3test.Server, name string, alter func(*bucket.S3Config)) (*bucket.S3, *faultproxy.Proxy) {
	t.Helper()
	p, err := faultproxy.Start(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	c := server.Config()
	c.Endpoint = p.URL
	if alter != nil {
		alter(&c)
	}
	b, err := bucket.OpenS3(t.Context(), name, c)
	if err != nil {
		t.Fatal(err)
	}
	return b, p
}

// TestS3Faults loads from a real S3 server through a proxy that hurts: what passes is got over, what lasts is
// told by name, and either way the next load leaves what an undisturbed one does.
func TestS3Faults(t *testing.T) {
	t.Parallel()
	server, name, direct := fiveOnServer(t)
	u := newUndisturbed(t, direct)
	anything := faultproxy.Objects("")
	few := func(c *bucket.S3Config) { c.Attempts = 2 }
	hurried := func(c *bucket.S3Config) { c.Attempts, c.Timeout = 2, 400*time.Millisecond }
	slowDown := faultproxy.Fault{Kind: faultproxy.Answer, Status: http.StatusServiceUnavailable, Code: "SlowDown"}
	internal := faultproxy.Fault{Kind: faultproxy.Answer, Status: http.StatusInternalServerError, Code: "InternalError"}
	cases := []struct {
		name  string
		plan  faultproxy.Plan
		alter func(*bucket.S3Config)
		says  []string // of these each is in the error; nil: it loads
		is    error
	}{
		{"latency", faultproxy.Always(faultproxy.Fault{Delay: 30 * time.Millisecond}, nil), nil, nil, nil},
		{"each refused once", faultproxy.First(faultproxy.Fault{Kind: faultproxy.Refuse}, nil), nil, nil, nil},
		{"each answer lost once", faultproxy.First(faultproxy.Fault{Kind: faultproxy.Lose}, nil), nil, nil, nil},
		{"each body reset once", faultproxy.First(faultproxy.Fault{Kind: faultproxy.Reset, After: 20}, nil), nil, nil, nil},
		{"each body cut once", faultproxy.First(faultproxy.Fault{Kind: faultproxy.Cut, After: 20}, nil), nil, nil, nil},
		{"a burst of 500", faultproxy.Burst(3, 4, internal), nil, nil, nil},
		{"a burst of slow down", faultproxy.Burst(1, 4, slowDown), nil, nil, nil},
		{"each body stalls once", faultproxy.First(faultproxy.Fault{Kind: faultproxy.Stall, After: 20}, anything), hurried, nil, nil},
		{"slow down for good", faultproxy.Burst(20, 1e6, slowDown), few, []string{"SlowDown", "503"}, nil},
		{"500 for parts", faultproxy.Always(internal, faultproxy.Objects(".avro")), few, []string{"InternalError", "part-0000", "dump 1", "dump 2"}, nil},
		{"connections refused for good", faultproxy.Burst(20, 1e6, faultproxy.Fault{Kind: faultproxy.Refuse}), few, []string{"connection reset"}, nil},
		{"parts break off", faultproxy.Always(faultproxy.Fault{Kind: faultproxy.Cut, After: 1}, faultproxy.Objects("part-00001-uuid.avro")), few, []string{"broke off 7 times", "part-00001-uuid.avro"}, nil},
		{"parts stall", faultproxy.Always(faultproxy.Fault{Kind: faultproxy.Stall}, faultproxy.Objects("part-00001-uuid.avro")), hurried, []string{"nothing came for 400ms", "part-00001-uuid.avro"}, nil},
		{"parts are short", faultproxy.Always(faultproxy.Fault{Kind: faultproxy.Short, After: 50}, faultproxy.Objects(".avro")), nil, []string{"50 bytes, not"}, bucket.ErrCorrupt},
		{"parts are altered", faultproxy.Always(faultproxy.Fault{Kind: faultproxy.Flip, After: 300}, faultproxy.Objects(".avro")), nil, []string{"part-0000"}, bucket.ErrCorrupt},
		{"manifests are altered", faultproxy.Always(faultproxy.Fault{Kind: faultproxy.Flip, After: 30}, faultproxy.Objects("sync_2.json")), nil, []string{"sync_2.json"}, bucket.ErrCorrupt},
		{"definitions are altered", faultproxy.Always(faultproxy.Fault{Kind: faultproxy.Flip, After: 3}, faultproxy.Objects("definitions.json")), nil, []string{"dump 2: property definitions"}, bucket.ErrCorrupt},
	}
	for _, n := range sample.Places(t, 4, len(cases)) {
		c := cases[n]
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b, p := throughProxy(t, server, name, c.alter)
			p.Use(c.plan)
			db, now := filepath.Join(t.TempDir(), "x.duckdb"), clock()
			err := visits(b, db, now, nil)
			done := p.Done()
			hurt := 0
			for kind, n := range done {
				if kind != faultproxy.Pass || c.name == "latency" {
					hurt += n
				}
			}
			if hurt == 0 || (err == nil) != (c.says == nil) || c.is != nil && !errors.Is(err, c.is) {
				t.Errorf("%v was done: %v", done, err)
			}
			for _, text := range c.says {
				if !strings.Contains(fmt.Sprint(err), text) {
					t.Errorf("%q is not in the error: %v", text, err)
				}
			}
			u.afterwards(t, c.name, db, now, err)
			t.Logf("%v was done", done)
		})
	}
}

// TestS3Mishaps has all kinds of things happen at random to a third of all requests. A load either comes
// through or says what is missing.
func TestS3Mishaps(t *testing.T) {
	t.Parallel()
	server, name, direct := fiveOnServer(t)
	u := newUndisturbed(t, direct)
	runs := sample.Seeds(t, sample.Worlds, 1, 200)
	requests, hurt, whole := 0, 0, 0
	for _, seed := range runs {
		b, p := throughProxy(t, server, name, func(c *bucket.S3Config) { c.Attempts, c.Timeout = 2, 400*time.Millisecond })
		p.Use(faultproxy.Random(uint64(seed), 0.3,
			faultproxy.Fault{Kind: faultproxy.Refuse}, faultproxy.Fault{Kind: faultproxy.Lose},
			faultproxy.Fault{Kind: faultproxy.Reset, After: 100}, faultproxy.Fault{Kind: faultproxy.Cut, After: 200},
			faultproxy.Fault{Kind: faultproxy.Stall, After: 10}, faultproxy.Fault{Delay: 20 * time.Millisecond},
			faultproxy.Fault{Kind: faultproxy.Short, After: 60}, faultproxy.Fault{Kind: faultproxy.Flip, After: 100},
			faultproxy.Fault{Kind: faultproxy.Answer, Status: 500, Code: "InternalError"},
			faultproxy.Fault{Kind: faultproxy.Answer, Status: 503, Code: "SlowDown"}))
		db, now := filepath.Join(t.TempDir(), "x.duckdb"), clock()
		err := visits(b, db, now, nil)
		for kind, n := range p.Done() {
			requests += n
			if kind != faultproxy.Pass {
				hurt += n
			}
		}
		if err == nil {
			whole++
		}
		u.afterwards(t, fmt.Sprintf("seed %d, %v", seed, p.Done()), db, now, err)
	}
	t.Logf("%d of %d requests were hurt; %d of %d loads came through at once", hurt, requests, whole, len(runs))
}

// A part that is replaced between listing and reading is refused by name, though both are sound; the next
// load takes what is there then.
func TestS3Replaced(t *testing.T) {
	t.Parallel()
	server, name, direct := fiveOnServer(t)
	b, p := throughProxy(t, server, name, nil)
	const key = "sync_2/_heap_table_name=clicks/part-00000-uuid.avro"
	dump := fiveDumps()[1]
	table := dump.Tables[slices.IndexFunc(dump.Tables, func(t tableSpec) bool { return t.Name == "clicks" })]
	other := writer{t, direct, avrotest.Options{Codec: "snappy"}}.part("clicks", partSpec{Fields: table.Columns, Rows: [][]any{row(4, 1, "another", "n")}})
	var replaced error
	p.Use(func(_ int, r *http.Request) faultproxy.Fault {
		if other != nil && faultproxy.Objects(key)(r) {
			replaced = direct.Create(context.Background(), key, bytes.NewReader(other), bucket.Options{Overwrite: true})
			other = nil
		}
		return faultproxy.Fault{}
	})
	db := filepath.Join(t.TempDir(), "x.duckdb")
	now := clock()
	err := visit(visible{b, []int64{1, 2}}, db, now, nil)
	if replaced != nil || other != nil {
		t.Fatal("the part was not replaced", replaced)
	}
	if !errors.Is(err, bucket.ErrChanged) || !strings.Contains(err.Error(), "dump 2") || !strings.Contains(err.Error(), key) {
		t.Errorf("%v", err)
	}
	newUndisturbed(t, direct).afterwards(t, "replaced", db, now, err)
}
