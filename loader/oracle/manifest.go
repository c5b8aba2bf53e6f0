package oracle

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"reflect"
	"slices"
	"strings"
)

type manifest struct {
	DumpID              *int64          `json:"dump_id"`
	Tables              []manifestTable `json:"tables"`
	PropertyDefinitions *string         `json:"property_definitions"`
}

// definitions reads the file that the manifest names, nil if it cannot be read.
func (m *manifest) definitions(fsys fs.FS) []byte {
	if m.PropertyDefinitions == nil {
		return nil
	}
	_, key, _ := splitFile(*m.PropertyDefinitions)
	body, err := fs.ReadFile(fsys, key)
	if err != nil {
		return nil
	}
	return body
}

type manifestTable struct {
	Name        string   `json:"name"`
	Files       []string `json:"files"`
	Columns     []string `json:"columns"`
	Incremental *bool    `json:"incremental"`
}

func (m *manifest) table(name string) (manifestTable, bool) {
	for _, t := range m.Tables {
		if t.Name == name {
			return t, true
		}
	}
	return manifestTable{}, false
}

// readManifests returns the valid manifests of the feed in order of dump_id,
// each dump once; dumps with two different manifests are left out (R1).
func readManifests(fsys fs.FS) ([]*manifest, error) {
	byID := map[int64]*manifest{}
	conflict := map[int64]bool{}
	err := fs.WalkDir(fsys, "manifests", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".json") {
			return err
		}
		text, err := fs.ReadFile(fsys, path)
		if err != nil {
			return err
		}
		m := parseManifest(text)
		if m == nil {
			return nil
		}
		if former, ok := byID[*m.DumpID]; ok && !reflect.DeepEqual(former, m) {
			conflict[*m.DumpID] = true
		}
		byID[*m.DumpID] = m
		return nil
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read manifests: %w", err)
	}
	var manifests []*manifest
	for id, m := range byID {
		if !conflict[id] {
			manifests = append(manifests, m)
		}
	}
	slices.SortFunc(manifests, func(a, b *manifest) int { return cmp.Compare(*a.DumpID, *b.DumpID) })
	return manifests, nil
}

// full says whether the delivery is a full resync.
func (t manifestTable) full() bool { return !*t.Incremental }

// parseManifest returns nil for a manifest that is torn, or names a table
// twice, or files of two buckets (R1, R3).
func parseManifest(text []byte) *manifest {
	m := &manifest{}
	if err := json.Unmarshal(text, m); err != nil || m.DumpID == nil || *m.DumpID < 0 {
		return nil
	}
	tables, buckets := map[string]bool{}, map[string]bool{}
	for i := range m.Tables {
		t := &m.Tables[i]
		if tables[t.Name] || t.Name == "" || t.Files == nil || t.Incremental == nil || slices.Contains(t.Columns, "") {
			return nil
		}
		tables[t.Name] = true
		t.Columns = slices.Concat([]string{}, t.Columns) // null and [] are equal content
		for _, f := range t.Files {
			bucket, _, ok := splitFile(f)
			if !ok {
				return nil
			}
			buckets[bucket] = true
		}
	}
	if len(buckets) > 1 {
		return nil
	}
	return m
}

// splitFile takes s3://bucket/key apart.
func splitFile(file string) (bucket, key string, ok bool) {
	rest, ok := strings.CutPrefix(file, "s3://")
	if !ok {
		return "", "", false
	}
	return strings.Cut(rest, "/")
}
