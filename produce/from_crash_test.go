package produce_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"smew/bucket"
	"smew/feed"
	"smew/produce"
)

// late makes an object and then says that it failed, as when a process is killed behind that.
type late struct {
	*bucket.Memory
	prefix string
}

func (l *late) Create(ctx context.Context, key string, r io.Reader, o bucket.Options) error {
	if err := l.Memory.Create(ctx, key, r, o); err != nil {
		return err
	}
	if strings.HasPrefix(key, l.prefix) {
		return errInjected
	}
	return nil
}

// A dump whose manifest was made counts as delivered, though nobody was told: a row that is gone
// since then has to be noticed.
func TestKilledBehindManifest(t *testing.T) {
	t.Parallel()
	s, b, consumer := newSource(t, shop...), bucket.NewMemory(), filepath.Join(t.TempDir(), "consumer.duckdb")
	s.mustDeliver(b, produce.FromOptions{})
	s.change("INSERT INTO users VALUES (4, 'd', 1), (5, 'e', 1)", "INSERT INTO notes VALUES ('y')")
	if _, err := s.deliver(&late{b, feed.ManifestsPrefix}, produce.FromOptions{}); !errors.Is(err, errInjected) {
		t.Fatal(err)
	}
	s.change("DELETE FROM users WHERE user_id = 4")
	if got := told(s.mustDeliver(b, produce.FromOptions{})); !slices.Equal(got, []string{"users 4 full", "user_migrations 1 full"}) {
		t.Errorf("%q", got)
	}
	consume(t, b, consumer)
	equalTables(t, s.path, consumer, shopTables...)
}

// TestFromEveryFailure fails each Create in turn, changes the database, and delivers again: the consumer
// must hold what the database does, and of a table without a key each row once.
func TestFromEveryFailure(t *testing.T) {
	t.Parallel()
	prepared := newSource(t, shop...)
	at := bucket.NewMemory()
	prepared.mustDeliver(at, produce.FromOptions{})
	first := contents(t, at, "")
	for n := 0; ; n++ {
		s := source{t, filepath.Join(t.TempDir(), "source.duckdb")}
		for _, suffix := range []string{"", ".delivered"} {
			data, err := os.ReadFile(prepared.path + suffix)
			if err == nil {
				err = os.WriteFile(s.path+suffix, data, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		b := &faulty{Memory: bucket.NewMemory(), fail: -1}
		for key, data := range first {
			if err := b.Memory.Create(t.Context(), key, strings.NewReader(string(data)), bucket.Options{}); err != nil {
				t.Fatal(err)
			}
		}
		s.change("INSERT INTO users VALUES (4, 'd', 1)", "UPDATE clicks SET time = NULL", "INSERT INTO notes VALUES ('y')")
		b.fail = n
		_, err := s.deliver(b, produce.FromOptions{})
		if b.calls <= n {
			if n < 6 || err != nil {
				t.Fatalf("%d objects were created, %v", n, err)
			}
			break
		}
		if !errors.Is(err, errInjected) {
			t.Fatalf("create %d failed: %v", n, err)
		}
		b.fail = -1
		s.change("DELETE FROM users WHERE user_id = 4", "INSERT INTO clicks VALUES ('99', 9, NULL)")
		s.mustDeliver(b, produce.FromOptions{})
		consumer := filepath.Join(t.TempDir(), "consumer.duckdb")
		consume(t, b, consumer)
		equalTables(t, s.path, consumer, shopTables...)
		if again := s.mustDeliver(b, produce.FromOptions{}); again.Dump != nil {
			t.Errorf("create %d: and then %q", n, told(again))
		}
	}
}

// beaten creates another producer's manifest just before ours.
type beaten struct{ *bucket.Memory }

func (l *beaten) Create(ctx context.Context, key string, r io.Reader, o bucket.Options) error {
	if strings.HasPrefix(key, feed.ManifestsPrefix) {
		other, err := (&feed.Manifest{DumpID: 853}).Encode()
		if err != nil {
			return err
		}
		if err := l.Memory.Create(ctx, key, strings.NewReader(string(other)), o); err != nil {
			return err
		}
	}
	return l.Memory.Create(ctx, key, r, o)
}

// Where another producer takes the dump_id first, nothing was delivered, and the next call takes the next one.
func TestAnotherProducerWins(t *testing.T) {
	t.Parallel()
	s, b := newSource(t, shop...), bucket.NewMemory()
	s.mustDeliver(b, produce.FromOptions{})
	s.change("INSERT INTO users VALUES (4, 'd', 1)")
	if _, err := s.deliver(&beaten{b}, produce.FromOptions{}); err == nil {
		t.Fatal("both won")
	}
	got := s.mustDeliver(b, produce.FromOptions{})
	if got.Dump == nil || got.Dump.DumpID != 854 || !slices.Equal(told(got), []string{"users 1", "user_migrations 1 full"}) {
		t.Errorf("%+v", got)
	}
}
