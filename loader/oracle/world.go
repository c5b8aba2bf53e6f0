package oracle

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
)

// WorldOptions shape a World. The zero value gives five to nine dumps of legal
// Avro names, with broken parts in about every third world.
type WorldOptions struct {
	Dumps    int  // how many, at most 14; 0 for five to nine
	Whole    bool // break nothing
	OddNames bool // tables, and columns that only manifests list, with quotes, line breaks and the like
}

// World is an adversarial random feed in a directory: small, and with as much
// as possible of what the rules speak about happening at once.
type World struct {
	Dir     string
	DumpIDs []int64 // ascending
	Broken  []int64 // dumps that cannot be loaded until Heal, ascending

	objects map[int64][]string          // by dump: paths below Dir, manifests last
	whole   map[int64]map[string][]byte // by broken dump: its parts as they should be, by path
}

// NewWorld writes the World of the seed into dir, which must be empty or not
// exist. One seed gives one content always; the bytes of parts may differ.
//
// A part is broken (missing or truncated) only in tables that no later dump of
// the World resyncs in full, and never in user_migrations. So no broken part is
// ever made invalid, and a broken dump can never be loaded in part or whole.
func NewWorld(seed uint64, dir string, o WorldOptions) (World, error) {
	g := &generator{rng: rand.New(rand.NewPCG(seed, 0x5eed)), odd: o.OddNames}
	w := World{Dir: dir, objects: map[int64][]string{}, whole: map[int64]map[string][]byte{}}
	w.DumpIDs = g.dumpIDs(o.Dumps)
	g.begin()
	dumps := map[int64]*dump{}
	for _, id := range w.DumpIDs {
		d := g.dump(id)
		dumps[id] = d
		if err := w.write(d); err != nil {
			return World{}, fmt.Errorf("write dump %d: %w", id, err)
		}
	}
	if !o.Whole && g.chance(35) {
		if err := w.breakParts(g, dumps); err != nil {
			return World{}, fmt.Errorf("break parts: %w", err)
		}
	}
	return w, nil
}

// Stage copies the objects of the dumps as they are in Dir to the feed in dst,
// parts before manifests. Objects that are there already with the same content
// are not touched.
func (w World) Stage(dst string, ids ...int64) error {
	for _, id := range ids {
		for _, path := range w.objects[id] {
			content, err := os.ReadFile(filepath.Join(w.Dir, path))
			if errors.Is(err, fs.ErrNotExist) { // a missing part
				continue
			}
			if err != nil {
				return fmt.Errorf("stage dump %d: %w", id, err)
			}
			if err := put(dst, path, content); err != nil {
				return fmt.Errorf("stage dump %d: %w", id, err)
			}
		}
	}
	return nil
}

// Heal puts the broken parts of the dumps, of all if none is named, right in
// dir: Dir itself or a feed they were staged to.
func (w World) Heal(dir string, ids ...int64) error {
	if len(ids) == 0 {
		ids = w.Broken
	}
	for _, id := range ids {
		for path, content := range w.whole[id] {
			if err := put(dir, path, content); err != nil {
				return fmt.Errorf("heal dump %d: %w", id, err)
			}
		}
	}
	return nil
}

// put writes the file if it does not have the content.
func put(dir, path string, content []byte) error {
	path = filepath.Join(dir, path)
	if present, err := os.ReadFile(path); err == nil && bytes.Equal(present, content) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, content, 0o644)
}

// breakParts breaks a part each in one or two dumps.
func (w *World) breakParts(g *generator, dumps map[int64]*dump) error {
	resynced := map[string]bool{} // by a later dump
	var ids []int64
	candidates := map[int64][]writtenPart{}
	for _, id := range slices.Backward(w.DumpIDs) {
		for _, d := range dumps[id].deliveries {
			if d.table != "user_migrations" && !resynced[d.table] && len(d.parts) > 0 {
				candidates[id] = append(candidates[id], d.parts...)
			}
		}
		for _, d := range dumps[id].deliveries {
			resynced[d.table] = resynced[d.table] || !d.incremental
		}
		if len(candidates[id]) > 0 {
			ids = append(ids, id)
		}
	}
	for range min(len(ids), 1+g.rng.IntN(2)) {
		i := g.rng.IntN(len(ids))
		id := ids[i]
		ids = slices.Delete(ids, i, i+1)
		p := pick(g, candidates[id])
		w.whole[id] = map[string][]byte{p.path: p.content}
		if err := w.breakPart(g, p); err != nil {
			return err
		}
	}
	w.Broken = slices.Sorted(maps.Keys(w.whole))
	return nil
}

// breakPart removes the part or cuts its end off. The last 18 bytes belong to
// the last block, or to the header of a part without blocks: a cut there is
// always damage.
func (w *World) breakPart(g *generator, p writtenPart) error {
	path := filepath.Join(w.Dir, p.path)
	if g.chance(40) {
		return os.Remove(path)
	}
	cut := 1 + g.rng.IntN(18)
	if g.chance(10) {
		cut = len(p.content)
	}
	return os.Truncate(path, int64(len(p.content)-cut))
}
