package erase

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

// of is somebody with the ids 12 and -9007199254740993 and the names ada and a"b.
var of = whose{
	id:   func(id int64) bool { return id == 12 || id == -9007199254740993 },
	name: func(name string) bool { return name == "ada" || name == `a"b` },
}

func TestWhoseRowIsAside(t *testing.T) {
	for _, test := range []struct {
		table, content string
		theirs         bool
	}{
		{"clicks", `{"event_id":"x","user_id":12}`, true},
		{"clicks", `{"event_id":"x","user_id":"12"}`, true},
		{"clicks", `{"event_id":"x","user_id":" +12.00 "}`, true},
		{"clicks", `{"event_id":"x","user_id":"1.2e1"}`, true},
		{"clicks", `{"event_id":"x","user_id":-9007199254740993}`, true},
		{"clicks", `{"event_id":"x","user_id":-9007199254740992}`, false},
		{"clicks", `{"event_id":"x","user_id":"12.5"}`, false},
		{"clicks", `{"event_id":"x","user_id":"1e999999999"}`, false},
		{"clicks", `{"event_id":"x","user_id":"NaN"}`, false},
		{"clicks", `{"event_id":12,"session_id":"12","user_id":null}`, false},
		{"clicks", `{"event_id":"x","USER_ID":12,"user_id":{"long":12}}`, false},
		{"user_migrations", `{"from_user_id":"x","to_user_id":"12"}`, true},
		{"user_migrations", `{"from_user_id":12,"to_user_id":"x"}`, true},
		{"users", `{"user_id":"x","identity":"ada"}`, true},
		{"users", `{"user_id":"x","email":"ada","handle":null}`, true},
		{"users", `{"user_id":"x","handle":"a\"b"}`, true},
		{"users", `{"user_id":"x","city":"ada","identity":"Ada"}`, false},
		{"clicks", `{"user_id":"x","identity":"ada"}`, false},
	} {
		theirs, err := of.row(test.table, test.content)
		if err != nil || theirs != test.theirs {
			t.Errorf("%s %s: %v, %v", test.table, test.content, theirs, err)
		}
	}
	if _, err := of.row("clicks", "{"); err == nil || !strings.Contains(err.Error(), `read quarantined row of "clicks"`) {
		t.Errorf("torn: %v", err)
	}
}

func TestRedact(t *testing.T) {
	const row = `dump 2: table "ada": part "ada.avro": row 3: column "ada": %s is not a whole 64-bit number`
	for quoted, want := range map[string]string{
		`"ada"`: "(erased)", `"a\"b"`: "(erased)", `"12.0"`: "(erased)", `"12"`: "(erased)",
		`"adam"`: `"adam"`, `"13"`: `"13"`, `""`: `""`, `"a\qb"`: `"a\qb"`,
	} {
		if got := of.redact(fmt.Sprintf(row, quoted)); got != fmt.Sprintf(row, want) {
			t.Errorf("%s: %s", quoted, got)
		}
	}
	twice := `"ada" is not a whole 64-bit number; row 4: column "user_id": "ada" is not a whole 64-bit number`
	if got := of.redact(twice); strings.Contains(got, "ada") {
		t.Error(got)
	}
	if message := `fetch part "ada": "ada" is missing`; of.redact(message) != message {
		t.Error(of.redact(message))
	}
}

// Messages quote the beginning of a long value.
func TestWithExcerpt(t *testing.T) {
	long := strings.Repeat("x", excerpt-1) + "é" + "rest"
	if got := withExcerpt(long); len(got) != 2 || got[1] != strings.Repeat("x", excerpt-1) || !utf8.ValidString(got[1]) {
		t.Errorf("%q", got)
	}
	if got := withExcerpt("short"); len(got) != 1 || got[0] != "short" {
		t.Errorf("%q", got)
	}
}
