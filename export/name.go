package export

import (
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// names are the variables of a file's name: {YYYY}, {YY}, {MM}, {DD}, {HH}, {mm}, {ss}, {ms}, {X} and {x} of the
// run's beginning in UTC (with the sync's offset), {model.id}, {model.name}, {sync.id}, {sync.run.id}, {mode}
// (all, added, changed or removed), {part} (of a batch, from 00001) and {hash} (of the file's content).
var names = []string{"YYYY", "YY", "MM", "DD", "HH", "mm", "ss", "ms", "X", "x",
	"model.id", "model.name", "sync.id", "sync.run.id", "mode", "part", "hash"}

var variable = regexp.MustCompile(`\{[^{}]*\}`)

// unknownNames are the variables in a template that do not exist, braces that belong to none among them.
func unknownNames(template string) (wrong []string) {
	for _, found := range variable.FindAllString(template, -1) {
		known := false
		for _, name := range names {
			known = known || found == "{"+name+"}"
		}
		if !known {
			wrong = append(wrong, found)
		}
	}
	if rest := variable.ReplaceAllString(template, ""); strings.ContainsAny(rest, "{}") {
		wrong = append(wrong, rest[strings.IndexAny(rest, "{}"):][:1])
	}
	return wrong
}

func uses(template, name string) bool { return strings.Contains(template, "{"+name+"}") }

// fileName is what a file of a run is called.
type fileName struct {
	template string
	sync     Sync
	model    Model
	run      int64
	began    time.Time
}

// defaultFile is the template of a sync that has none.
func defaultFile(f Format) string {
	return "{sync.id}-{YYYY}{MM}{DD}T{HH}{mm}{ss}Z." + string(f)
}

func nameOf(j Job, run int64, began time.Time) fileName {
	template := or(j.Sync.File, defaultFile(j.Sync.format()))
	// Where two files of one run would have one name, what sets them apart goes before the ending.
	stem, ending := cutEnding(template)
	if j.Sync.mode() == Diff && !uses(template, "mode") {
		stem += "_{mode}"
	}
	if j.Sync.Batch.on() && !uses(template, "part") {
		stem += "_{part}"
	}
	return fileName{stem + ending, j.Sync, j.Model, run, began.UTC().Add(time.Duration(j.Sync.Offset) * time.Second)}
}

// cutEnding parts a name before its last ending; .gz and .zst leave the one before them an ending too.
func cutEnding(name string) (stem, ending string) {
	folder, base := path.Split(name)
	for range 2 {
		dot := strings.LastIndexByte(base, '.')
		if dot <= 0 || strings.ContainsAny(base[dot:], "{}") {
			break
		}
		base, ending = base[:dot], base[dot:]+ending
		if ending != ".gz" && ending != ".zst" && ending != ".age" {
			break
		}
	}
	return folder + base, ending
}

// key fills in the template. hash counts only where the template uses it.
func (f fileName) key(kind string, part int, hash string) string {
	t := f.began
	return strings.NewReplacer(
		"{YYYY}", fmt.Sprintf("%04d", t.Year()), "{YY}", fmt.Sprintf("%02d", t.Year()%100),
		"{MM}", t.Format("01"), "{DD}", t.Format("02"), "{HH}", t.Format("15"), "{mm}", t.Format("04"), "{ss}", t.Format("05"),
		"{ms}", fmt.Sprintf("%03d", t.Nanosecond()/1e6),
		"{X}", strconv.FormatInt(t.Unix(), 10), "{x}", strconv.FormatInt(t.UnixMilli(), 10),
		"{model.id}", f.model.ID, "{model.name}", f.model.name(), "{sync.id}", f.sync.ID, "{sync.run.id}", strconv.FormatInt(f.run, 10),
		"{mode}", kind, "{part}", fmt.Sprintf("%05d", part), "{hash}", hash,
	).Replace(f.template)
}
