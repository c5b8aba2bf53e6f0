package export

import (
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"

	"smew/bucket"
)

// What runs write beside the files of rows.
const (
	manifestName = "_manifest.json"
	claimName    = "_smew-{sync.id}.json"
)

// constant fills in what is the same in each run of a sync.
func constant(template string, m Model, s Sync) string {
	return strings.NewReplacer("{model.id}", m.ID, "{model.name}", m.name(), "{sync.id}", s.ID).Replace(template)
}

// written is what a sync writes: keys below its place, of which only what differs from run to run is left as variables.
type written struct{ files, manifest, claim []string }

func (s Sync) writes(m Model) (w written) {
	template := constant(nameOf(Job{m, s}, 0, time.Time{}).template, m, s)
	for _, kind := range s.mode().kinds() {
		w.files = append(w.files, strings.ReplaceAll(template, "{mode}", kind))
	}
	if s.Manifest {
		w.manifest = []string{path.Join(path.Dir(template), manifestName)}
	}
	if s.Guard {
		w.claim = []string{constant(claimName, m, s)}
	}
	return w
}

func (w written) all() []string { return slices.Concat(w.files, w.manifest, w.claim) }

// place is where a sync's keys lie, the same for each way to write it.
func (s Sync) place() string {
	at, err := bucket.ParseLocation(s.To)
	if err != nil || s.To == "" {
		return ""
	}
	if at.Dir == "" {
		return "s3://" + at.Bucket + "/" + at.Prefix
	}
	dir, err := filepath.Abs(at.Dir)
	if err != nil {
		return at.Dir + "/"
	}
	rest := ""
	for above := dir; ; above = filepath.Dir(above) { // links, as far as there are folders
		if real, err := filepath.EvalSymlinks(above); err == nil {
			return filepath.Join(real, rest) + "/"
		} else if above == filepath.Dir(above) {
			return dir + "/"
		}
		rest = filepath.Join(filepath.Base(above), rest)
	}
}

// overlap looks for a sync before that writes a file which this one writes too. Runs have ids of their own in one database only.
func (k *check) overlap(at string, i int, syncs []Sync, models []Model) {
	keys := func(s Sync) (all []string) {
		for _, key := range s.writes(modelOf(models, s.Model)).all() {
			all = append(all, path.Join(s.place(), key))
		}
		return all
	}
	s := syncs[i]
	mine := keys(s)
	for o, other := range syncs[:i] {
		if s.place() == "" || other.place() == "" || s.S3.Endpoint != other.S3.Endpoint {
			continue
		}
		for _, key := range keys(other) {
			if !slices.Contains(mine, key) || uses(key, "sync.run.id") && s.Feed == other.Feed {
				continue
			}
			if path.Base(key) == manifestName && other.Manifest && s.Manifest {
				k.Wrong(at+".file", "syncs[%d] writes its %s into the same folder: set the folders apart, such as by {sync.id}/…", o, manifestName)
			} else {
				k.Wrong(at+".file", "syncs[%d] writes the same files: set them apart by {sync.id}", o)
			}
			return
		}
	}
}

// modelOf is the model of an id, or, so that nothing else is said to be wrong than that there is none, one that is called so.
func modelOf(models []Model, id string) Model {
	if i := slices.IndexFunc(models, func(m Model) bool { return m.ID == id }); i >= 0 {
		return models[i]
	}
	return Model{ID: or(id, "model")}
}

// fileWrong says why files cannot have a name; "": they can.
func (s Sync) fileWrong(m Model) string {
	w := s.writes(m)
	name := constant(or(s.File, defaultFile(s.format())), m, s)
	is := fmt.Sprintf("%q", name)
	if s.File != "" && s.File != name {
		is = fmt.Sprintf("%q gives %q, which", s.File, name)
	}
	parts := strings.Split(name, "/")
	switch {
	case strings.HasSuffix(name, "/") || path.Clean("/"+name) != "/"+name || name == "":
		return is + " is no name below the place that to gives"
	case strings.ContainsFunc(name, unicode.IsControl):
		return is + " has control characters"
	case slices.ContainsFunc(parts, func(p string) bool { return strings.HasPrefix(p, bucket.TempPrefix) }):
		return is + " begins as files do that are not finished yet"
	case len(name) > 1000 || slices.ContainsFunc(parts, func(p string) bool { return len(p) > 240 }):
		return is + " is longer than buckets and directories take"
	case slices.ContainsFunc(w.files, func(f string) bool { return slices.Contains(w.manifest, f) }):
		return is + " is what the manifest is called"
	case slices.ContainsFunc(w.files, func(f string) bool { return slices.Contains(w.claim, f) }):
		return is + " is what guards the place"
	}
	return ""
}
