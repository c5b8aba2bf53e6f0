package erase

import (
	"bytes"
	"encoding/json"
	"maps"
	"strings"
	"testing"
)

// What is remembered survives JSON, names nobody, and tells the same people again.
func TestMemory(t *testing.T) {
	var m Memory
	random := bytes.NewReader(bytes.Repeat([]byte{7}, 64))
	if m.Any() || m.ID(12) {
		t.Error("an empty memory remembers somebody")
	}
	if err := m.Remember(random, []int64{12, 13}, []string{"ada", ""}); err != nil {
		t.Fatal(err)
	}
	if err := m.Remember(random, []int64{13, 14}, nil); err != nil {
		t.Fatal(err)
	}
	if err := m.Remember(random, []int64{99}, nil); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(&m)
	if err != nil || strings.Contains(string(text), "ada") || len(m.People) != 2 || len(m.People[0]) != 3 {
		t.Errorf("%s, %v", text, err)
	}
	var again Memory
	if err := json.Unmarshal(text, &again); err != nil {
		t.Fatal(err)
	}
	if err := again.Ready(); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[int64]bool{12: true, 13: true, 14: true, 99: true, 15: false} {
		if again.ID(id) != want {
			t.Errorf("id %d: %v", id, !want)
		}
	}
	if theirs, err := again.Row("users", `{"user_id":"x","email":"ada"}`); err != nil || !theirs {
		t.Errorf("by a name: %v, %v", theirs, err)
	}
	if got := again.Redact(`row 3: column "user_id": "ada" is not a whole 64-bit number`); strings.Contains(got, "ada") {
		t.Error(got)
	}
}

// Along chains and rings, in both directions, and no farther.
func TestSame(t *testing.T) {
	from, to := []int64{1, 2, 7, 4, 5, 10}, []int64{2, 3, 3, 5, 4, 11}
	joined := Same(from, to, func(id int64) bool { return id == 2 || id == 5 })
	if want := map[int64]int64{1: 2, 3: 2, 7: 2, 4: 5}; !maps.Equal(joined, want) {
		t.Errorf("%v, want %v", joined, want)
	}
}
