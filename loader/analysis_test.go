package loader_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"smew/avro/avrotest"
	"smew/bucket"
	"smew/duck"
	"smew/loader"
	"smew/views"
)

// TestAnalysis holds the views for analysis against what was worked out by hand.
func TestAnalysis(t *testing.T) {
	t.Parallel()
	b := bucket.NewMemory()
	w := writer{t, b, avrotest.Options{}}
	at := func(minute int) string { return fmt.Sprintf("2026-01-01 10:%02d:00", minute) }
	w.dump(dumpSpec{ID: 1, Tables: []tableSpec{
		{Name: "user_migrations", Columns: []string{"from_user_id", "to_user_id"}, Rows: [][]any{{int64(9), int64(1)}}},
		// Person 2 has no session, and the column of users that is called as one of the added ones keeps its name.
		{Name: "users", Columns: []string{"user_id", "joindate", "initial_city"}, Rows: [][]any{{int64(1), at(0), "own"}, {int64(2), "Invalid date", nil}}},
		{Name: "sessions", Columns: []string{"session_id", "user_id", "time", "referrer", "city", "channel"}, Rows: [][]any{
			{int64(12), int64(9), at(5), "b", "B", "mail"}, // at the instant of the next one, under a former id
			{int64(11), int64(1), at(5), "a", "A", "ads"},
			{int64(13), int64(1), at(30), "c", "C", nil},
			{nil, int64(1), at(5), "n", "N", "x"},                // at the instant of the first one, and no id is less than it
			{int64(14), int64(1), "Invalid date", "d", "D", "x"}, // no instant: neither first nor last
		}},
		{Name: "pageviews", Columns: []string{"event_id", "user_id", "session_id", "time", "path"}, Rows: [][]any{
			{int64(100), int64(1), int64(11), at(7), "/two"}, {int64(101), int64(1), int64(11), at(6), "/one"}, {int64(102), int64(1), int64(13), at(30), "/only"},
		}},
		// The event 100 is in two tables, and the last of its session comes without a page.
		{Name: "clicks", Columns: []string{"event_id", "user_id", "session_id", "time"}, Rows: [][]any{
			{int64(100), int64(1), int64(11), at(7)}, {int64(103), int64(1), int64(11), at(9)},
		}},
	}})
	db := filepath.Join(t.TempDir(), "x.duckdb")
	loadWhole(t, b, db)
	for statement, want := range map[string]string{
		"SELECT user_id, date_first_seen::VARCHAR, date_last_seen::VARCHAR, initial_referrer, initial_channel, last_referrer, last_city, initial_city, initial_city_2 FROM enhanced_users ORDER BY 1": "[[1 2026-01-01 10:05:00 2026-01-01 10:30:00 a ads c C own A] " +
			"[2 <nil> <nil> <nil> <nil> <nil> <nil> <nil> <nil>]]",
		"SELECT user_id, joindate::VARCHAR, initial_referrer FROM typed.enhanced_users ORDER BY 1": "[[1 2026-01-01 10:00:00 a] [2 <nil> <nil>]]",
		"SELECT session_id, user_id, ended::VARCHAR, duration_seconds, pageviews, events, entry_page, exit_page, bounce FROM session_facts ORDER BY 1": "[[11 1 2026-01-01 10:09:00 240 2 3 /one /two false] " +
			"[12 1 2026-01-01 10:05:00 0 0 0 <nil> <nil> true] [13 1 2026-01-01 10:30:00 0 1 1 /only /only true] [14 1 <nil> <nil> 0 0 <nil> <nil> true] [<nil> 1 2026-01-01 10:05:00 0 0 0 <nil> <nil> true]]",
		"SELECT event_table_name, dump_id, inserted_row_count FROM _sync_info ORDER BY 1": "[[clicks 1 2] [pageviews 1 3] [sessions 1 5] [user_migrations 1 1] [users 1 2]]",
	} {
		if got := fmt.Sprint(selected(t, db, statement).Rows); got != want {
			t.Errorf("%s:\n got %s\nwant %s", statement, got, want)
		}
	}
	// The views and questions count on times, so these keep their type.
	opened, err := duck.Open(context.Background(), db, duck.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	var refused *loader.TypeError
	if err := loader.SetType(context.Background(), opened, time.Now(), "sessions.time", views.Text); !errors.As(err, &refused) || !strings.Contains(refused.Hint(), "TIMESTAMP") {
		t.Errorf("another type for times of sessions: %v", err)
	}
}
