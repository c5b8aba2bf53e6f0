package web

import (
	"cmp"
	"slices"
	"time"
)

// Export is a sync of the feed's database to a bucket or a directory, and how it went. What only a configuration knows is "" where
// there is none.
type Export struct {
	Name     string          `json:"name"`
	Model    string          `json:"model"`
	Mode     string          `json:"mode"` // all, insert or diff
	To       string          `json:"to"`
	Schedule string          `json:"schedule"`      // after-load, manual, or a cron expression
	Running  *time.Time      `json:"running_since"` // null: it is not, as far as is known
	Troubles []ExportTrouble `json:"troubles"`
	Runs     []ExportRun     `json:"runs"` // the newest first
}

// ExportTrouble is what is wrong with an export by the limits that it has.
type ExportTrouble struct {
	Kind  string    `json:"kind"` // failed, late, slow, rejected, dropped or risen
	Text  string    `json:"text"`
	Since time.Time `json:"since"`
}

// ExportRun is a run of an export. Counts are rows.
type ExportRun struct {
	ID        int64        `json:"run_id"`
	Export    string       `json:"export"`
	Mode      string       `json:"mode"`
	Full      bool         `json:"full_resync"`
	Began     time.Time    `json:"began_at"`
	Ended     *time.Time   `json:"ended_at"`
	Status    string       `json:"status"` // running (or killed), done, failed or abandoned
	Error     string       `json:"error"`
	Attempts  int64        `json:"attempts"`
	Seconds   float64      `json:"seconds"` // of the last attempt
	Rows      int64        `json:"rows"`    // that were sent
	Added     int64        `json:"added"`   // in mode all: all of them
	Changed   int64        `json:"changed"`
	Removed   int64        `json:"removed"`
	LeftOut   int64        `json:"left_out"`   // as their key is NULL, or there twice
	ModelRows int64        `json:"model_rows"` // that the model had without these
	FileCount int64        `json:"file_count"`
	Bytes     int64        `json:"bytes"`
	Files     []ExportFile `json:"files"` // the first ones
}

// ExportFile is a file of a run, and how it begins.
type ExportFile struct {
	Key    string   `json:"key"`
	Kind   string   `json:"kind"` // all, added, changed, removed or manifest
	Rows   int64    `json:"rows"`
	Bytes  int64    `json:"bytes"`
	SHA256 string   `json:"sha256"` // "": it is not known to be whole
	First  []string `json:"first"`  // lines; none: they are not kept
}

// done is the last run that came to its end; nil: none did.
func (e Export) done() *ExportRun {
	for i := range e.Runs {
		if e.Runs[i].Status == "done" {
			return &e.Runs[i]
		}
	}
	return nil
}

// last is the last run; nil: there was none.
func (e Export) last() *ExportRun {
	if len(e.Runs) == 0 {
		return nil
	}
	return &e.Runs[0]
}

// exportRuns are the runs of all exports, the newest first.
func exportRuns(s State) (all []ExportRun) {
	for _, e := range s.Exports {
		all = append(all, e.Runs...)
	}
	slices.SortFunc(all, func(a, b ExportRun) int { return cmp.Compare(b.ID, a.ID) })
	return all
}

// says is what a kind of trouble says of an export.
func (t ExportTrouble) says() string {
	says := map[string]string{"late": "is late", "slow": "takes long", "rejected": "leaves out many rows", "dropped": "has far fewer rows than before",
		"risen": "has far more rows than before"}
	return cmp.Or(says[t.Kind], t.Kind)
}

// judgeExports tells what is wrong with exports. The feed itself is as fresh as it is without them, so that it is not ready for
// none of that.
func judgeExports(s State, add func(level Level, code, text string, args ...any)) {
	for _, e := range s.Exports {
		for _, t := range e.Troubles {
			add(Warning, "export_"+t.Kind, "The export %s %s: %s", e.Name, t.says(), t.Text)
		}
	}
}
