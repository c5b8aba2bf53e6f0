package produce

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"smew/bucket"
	"smew/feed"
)

// presence is which dumps a feed has.
type presence struct {
	ids       map[int64]bool
	begun     map[int64]bool           // of these there is no more than the extra manifest of duplicateID
	manifests map[int64]*feed.Manifest // those that can be read, with the first file of each table
	highest   int64                    // -1: none
}

// has reports whether a dump need not be written: it is there, or dumps with higher ids are and
// it was not late. Where a kill came between the two manifests of duplicateID it is not there.
func (p presence) has(d *dump) bool {
	if p.begun[d.id] && d.fault != nil && d.fault.name == duplicateID {
		return false
	}
	return p.ids[d.id] || !d.wasLate && d.id <= p.highest
}

func dumpsOf(ctx context.Context, b bucket.Bucket, prefix string) (presence, error) {
	p := presence{ids: map[int64]bool{}, begun: map[int64]bool{}, manifests: map[int64]*feed.Manifest{}, highest: -1}
	for object, err := range b.List(ctx, prefix+feed.ManifestsPrefix) {
		if err != nil {
			return p, err
		}
		if !feed.IsManifest(object.Key, prefix) {
			continue
		}
		data, err := bucket.ReadAll(ctx, b, object, manifestLimit)
		if err != nil {
			return p, err
		}
		name, id := path.Base(object.Key), int64(-1)
		m, err := feed.ParseManifest(data)
		if err == nil {
			id = m.DumpID
		} else if _, err := fmt.Sscanf(name, "sync_%d.json", &id); err != nil { // of a torn one only its key can tell
			id = -1
		}
		p.add(name, id, m)
	}
	return p, nil
}

// add notes a manifest; m is nil if it cannot be read.
func (p *presence) add(name string, id int64, m *feed.Manifest) {
	p.highest = max(p.highest, id)
	if strings.HasPrefix(name, extraName(id)) {
		p.begun[id] = p.begun[id] || !p.ids[id]
		p.ids[id] = true
		return
	}
	p.ids[id], p.begun[id] = true, false
	if m != nil {
		for i := range m.Tables { // of 10,000 files one is enough
			t := &m.Tables[i]
			t.Files = slices.Clone(t.Files[:min(1, len(t.Files))])
		}
		p.manifests[id] = m
	}
}

// extraName is how the name of the extra manifest of duplicateID begins.
func extraName(id int64) string {
	return strings.TrimSuffix(path.Base(feed.ManifestKey(id)), ".json") + "-2"
}

// manifestLimit is far above the size of any manifest, in bytes.
const manifestLimit = 1 << 30
