package feed_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"smew/feed"
)

func TestR4KindOf(t *testing.T) {
	event := []string{"event_id", "user_id", "time"}
	for _, tt := range []struct {
		table   string
		columns []string
		want    feed.Kind
		key     []string
	}{
		{"users", event, feed.Users, []string{"user_id"}},
		{"users", nil, feed.Users, []string{"user_id"}},
		{"sessions", event, feed.Sessions, []string{"session_id", "user_id"}},
		{"user_migrations", nil, feed.UserMigrations, nil},
		{"pageviews", event, feed.Events, []string{"event_id", "user_id"}},
		{"order_completed", []string{"user_id", "event_id"}, feed.Events, []string{"event_id", "user_id"}},
		{"_event_metadata", []string{"event_id", "name"}, feed.Keyless, nil},
		{"notes", []string{"user_id"}, feed.Keyless, nil},
		{"notes", []string{"Event_Id", "User_Id"}, feed.Keyless, nil},
		{"Users", event, feed.Events, []string{"event_id", "user_id"}},
	} {
		got := feed.KindOf(tt.table, tt.columns)
		if got != tt.want || !slices.Equal(got.Key(), tt.key) {
			t.Errorf("KindOf(%q, %q) = %v with key %q, want %v with %q", tt.table, tt.columns, got, got.Key(), tt.want, tt.key)
		}
	}
}

func TestIsID(t *testing.T) {
	for _, tt := range []struct {
		table, column string
		want          bool
	}{
		{"users", "user_id", true},
		{"anything", "event_id", true},
		{"sessions", "session_id", true},
		{"user_migrations", "from_user_id", true},
		{"user_migrations", "to_user_id", true},
		{"pageviews", "from_user_id", false},
		{"pageviews", "to_user_id", false},
		{"users", "_user_id", false},
		{"users", "User_Id", false},
		{"order_completed", "order_id", false},
		{"user_migrations", "time", false},
	} {
		if got := feed.IsID(tt.table, tt.column); got != tt.want {
			t.Errorf("IsID(%q, %q) = %v", tt.table, tt.column, got)
		}
	}
}

func TestIsManifest(t *testing.T) {
	for _, tt := range []struct {
		key, prefix string
		want        bool
	}{
		{"manifests/sync_852.json", "", true},
		{"manifests/anything at all.json", "", true},
		{"manifests/2026/sync_852.json", "", true},
		{"shop/eu/manifests/sync_852.json", "shop/eu/", true},
		{"shop/eu/manifests/sync_852.json", "", false},
		{"manifests/sync_852.json", "shop/", false},
		{"manifests/", "", false},
		{"manifests/old.json/", "", false},
		{"manifests/sync_852.json.tmp", "", false},
		{"manifests/sync_852.csv", "", false},
		{"manifests_old/sync_852.json", "", false},
		{"imported_manifests/sync_852.json", "", false},
		{"sync_reports/sync_852.json", "", false},
	} {
		if got := feed.IsManifest(tt.key, tt.prefix); got != tt.want {
			t.Errorf("IsManifest(%q, %q) = %v", tt.key, tt.prefix, got)
		}
	}
	if !feed.IsManifest(feed.ManifestKey(852), "") {
		t.Error("a manifest's own key is not one")
	}
}

func TestKeys(t *testing.T) {
	const uuid = "45d3eb01-f863-460b-a4ec-c6ab45d00000"
	for _, tt := range []struct{ got, want string }{
		{feed.ManifestKey(852), "manifests/sync_852.json"},
		{feed.ReportKey(852), "sync_reports/sync_852.json"},
		{feed.DefinitionsKey(852), "sync_852/property_definitions.json"},
		{feed.PartKey(feed.Hive, 1010103140, "sessions", 61, uuid), "sync_1010103140/_heap_table_name=sessions/part-00061-" + uuid + ".avro"},
		{feed.PartKey(feed.Plain, 852, "users", 0, uuid), "sync_852/users/part-00000-" + uuid + "-c000.avro"},
		{feed.PartKey(feed.Hive, 1, "users", 99999, uuid), "sync_1/_heap_table_name=users/part-99999-" + uuid + ".avro"},
		{feed.PartKey(feed.Hive, 1, "users", 100000, uuid), "sync_1/_heap_table_name=users/part-100000-" + uuid + ".avro"},
		{feed.PartKey(feed.Plain, 1, "a/b", 0, uuid), "sync_1/a%2Fb/part-00000-" + uuid + "-c000.avro"},
		{feed.PartKey(feed.Plain, 1, "..", 0, uuid), "sync_1/%2E%2E/part-00000-" + uuid + "-c000.avro"},
		{feed.PartKey(feed.Plain, 1, "50% off\x00", 0, uuid), "sync_1/50%25%20off%00/part-00000-" + uuid + "-c000.avro"},
		{feed.PartKey(feed.Plain, 1, "é", 0, uuid), "sync_1/%C3%A9/part-00000-" + uuid + "-c000.avro"},
	} {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
}

func TestPartKeyOfLongNames(t *testing.T) {
	long := strings.Repeat("ü", 300)
	a := feed.PartKey(feed.Hive, 1, long+"a", 0, "u")
	b := feed.PartKey(feed.Hive, 1, long+"b", 0, "u")
	if a == b {
		t.Error("two long names share a key")
	}
	for segment := range strings.SplitSeq(a, "/") {
		if len(segment) > 255 {
			t.Errorf("segment of %d bytes: no file system takes it", len(segment))
		}
	}
	if _, err := feed.ParseRef("s3://b/" + a); err != nil {
		t.Error(err)
	}
}

func TestParseRef(t *testing.T) {
	for _, tt := range []struct{ in, bucket, key string }{
		{"s3://customer/sync_1/users/part-0.avro", "customer", "sync_1/users/part-0.avro"},
		{"s3://b/50%25 off/%2e%2e/x", "b", "50%25 off/%2e%2e/x"},
		{"s3://b/a?versionId=1#x", "b", "a?versionId=1#x"},
		{"s3://b/a..b/...", "b", "a..b/..."},
		{"s3://b/a//b", "b", "a//b"},
	} {
		got, err := feed.ParseRef(tt.in)
		if err != nil || got != (feed.Ref{Bucket: tt.bucket, Key: tt.key}) {
			t.Errorf("ParseRef(%q) = %+v, %v", tt.in, got, err)
		}
		if got.String() != tt.in {
			t.Errorf("%q is written as %q", tt.in, got)
		}
	}
	for _, tt := range []struct{ in, reason string }{
		{"", "not an s3:// path"},
		{"sync_1/part.avro", "not an s3:// path"},
		{"/etc/passwd", "not an s3:// path"},
		{"file:///etc/passwd", "not an s3:// path"},
		{"S3://b/x", "not an s3:// path"},
		{"s3a://b/x", "not an s3:// path"},
		{"s3:/b/x", "not an s3:// path"},
		{" s3://b/x", "not an s3:// path"},
		{"s3://", "names no bucket"},
		{"s3:///x", "names no bucket"},
		{"s3://b", "names no object"},
		{"s3://b/", "names no object"},
		{"s3://b//x", "absolute key"},
		{"s3://b/../x", `has a ".." segment`},
		{"s3://b/a/..", `has a ".." segment`},
		{"s3://b/./x", `has a "." segment`},
		{"s3://../x", `has a ".." segment`},
		{"s3://b/a\x00b", "NUL"},
	} {
		got, err := feed.ParseRef(tt.in)
		var refused *feed.RefError
		if !errors.As(err, &refused) || got != (feed.Ref{}) {
			t.Errorf("ParseRef(%q) = %+v, %v; want a RefError", tt.in, got, err)
		} else if !strings.Contains(refused.Reason, tt.reason) || refused.Ref != tt.in {
			t.Errorf("ParseRef(%q): %v, want %q", tt.in, refused, tt.reason)
		}
	}
}
