package plan

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// NotLoadedError says that a dump is not in the database, so that nothing of it can be read again.
type NotLoadedError struct{ DumpID int64 }

func (e *NotLoadedError) Error() string { return fmt.Sprintf("dump %d: it is not loaded", e.DumpID) }

// Hint says what the user can do about it.
func (e *NotLoadedError) Hint() string {
	return "smew load without --reload takes it in, if it is in the feed"
}

// ErrNoManifest says that a dump has no manifest any more that could be read.
var ErrNoManifest = errors.New("there is no manifest of it in the feed")

// Reload gives the dump of that id as its manifest is now, for reading it again. found are the
// manifests of the feed that were read. Of several that differ the one counts from whose key the dump
// was loaded (R1); where that is gone, it is ErrConflict.
func Reload(id int64, found []Found, ledger Ledger, src Source) (Dump, error) {
	loaded, ok := ledger.Dumps[id]
	if !ok {
		return Dump{}, &NotLoadedError{DumpID: id}
	}
	var same []Found
	for _, f := range found {
		if f.Manifest.DumpID == id {
			same = append(same, f)
		}
	}
	if len(same) == 0 {
		return Dump{}, fmt.Errorf("dump %d: %w", id, ErrNoManifest)
	}
	slices.SortFunc(same, func(a, b Found) int {
		if fa, fb := a.Key == loaded.Key, b.Key == loaded.Key; fa != fb {
			if fa {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.Key, b.Key)
	})
	digest := same[0].Manifest.Digest()
	for i, f := range same[1:] {
		if f.Manifest.Digest() == digest {
			continue
		}
		if same[0].Key != loaded.Key {
			return Dump{}, fmt.Errorf("dump %d: %w: %s and %s", id, ErrConflict, same[i].Key, f.Key)
		}
	}
	copies := slices.DeleteFunc(slices.Clone(same[1:]), func(f Found) bool { return f.Manifest.Digest() != digest })
	return dumpOf(append(same[:1:1], copies...), src)
}

// Delivery is one table of one dump.
type Delivery struct {
	DumpID int64
	Table
}

// Live sorts all deliveries of one table into those whose rows count, newest first, and those that a
// full resync replaces (R5).
func Live(all []Delivery) (live, spared []Delivery) {
	mark := int64(-1)
	for _, d := range all {
		if d.Full {
			mark = max(mark, d.DumpID)
		}
	}
	for _, d := range slices.SortedFunc(slices.Values(all), func(a, b Delivery) int { return cmp.Compare(b.DumpID, a.DumpID) }) {
		if d.DumpID >= mark {
			live = append(live, d)
		} else {
			spared = append(spared, d)
		}
	}
	return live, spared
}
