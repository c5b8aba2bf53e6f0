package buckettest

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"smew/bucket"
)

// use goes through all that can be done with a bucket of one object.
func use(t *testing.T, f *Faulty) (content string, err error) {
	var found []bucket.Object
	for o, err := range f.List(t.Context(), "a") {
		if err != nil {
			return "", err
		}
		found = append(found, o)
	}
	data, err := Read(t.Context(), f, found[0])
	if err != nil {
		return string(data), err
	}
	return string(data), f.Create(t.Context(), "b", strings.NewReader("x"), bucket.Options{})
}

// Each operation fails in its turn, until n is more than there are.
func TestFailAt(t *testing.T) {
	wants := []string{"list a #0", "list a #1", "open a #0", "read a #0", "read a #1", "close a #0", "create b #0", "created b #0"}
	for n := 0; ; n++ {
		memory := bucket.NewMemory()
		Put(t, memory, "a", "content")
		f := FailAt(memory, n, Fail)
		content, err := use(t, f)
		hit := f.Hit()
		if hit == nil {
			if n != len(wants) || err != nil || len(f.Operations()) != len(wants) {
				t.Errorf("untouched with n = %d: %v, %v", n, f.Operations(), err)
			}
			break
		}
		if n >= len(wants) || len(hit) != 1 || fmt.Sprint(hit[0]) != wants[n] {
			t.Fatalf("n = %d hit %v", n, hit)
		}
		if closing := hit[0].Kind == "close"; errors.Is(err, ErrFault) == closing {
			t.Errorf("%v: %v", hit, err)
		}
		if hit[0].Kind == "read" && !strings.HasPrefix("content", content) {
			t.Errorf("%v: %q", hit, content)
		}
		_, there := bucket.Stat(t.Context(), memory, "b")
		if gone := errors.Is(there, fs.ErrNotExist); gone != (n < slices.Index(wants, "created b #0")) && hit[0].Kind != "close" {
			t.Errorf("%v: %v", hit, there)
		}
	}
}

// A body that is cut ends as if it were whole.
func TestCut(t *testing.T) {
	memory := bucket.NewMemory()
	o := Put(t, memory, "a", "content")
	f := FailAt(memory, 1, Cut)
	if data, err := Read(t.Context(), f, o); string(data) != "con" || err != nil {
		t.Errorf("%q, %v", data, err)
	}
	if _, err := bucket.ReadAll(t.Context(), FailAt(memory, 1, Cut), o, 100); err == nil {
		t.Error("ReadAll took half of an object")
	}
}
