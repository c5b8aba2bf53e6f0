package export

import (
	"context"
	"encoding/json"
	"path"
	"time"
)

const manifestKind = "manifest"

// manifest says that a run is whole, and what belongs to it.
type manifest struct {
	Version int       `json:"version"`
	Run     int64     `json:"run_id"`
	Sync    string    `json:"sync"`
	Model   string    `json:"model"`
	Mode    Mode      `json:"mode"`
	Full    bool      `json:"full_resync"`
	Began   time.Time `json:"began_at"`
	Format  Format    `json:"format"`
	Packed  string    `json:"compression,omitempty"`
	Columns []column  `json:"columns"`
	Rows    int64     `json:"rows"`
	Files   []File    `json:"files"` // their keys are absolute in the bucket
}

func (s *sending) manifest(ctx context.Context) error {
	if !s.j.Sync.Manifest {
		return nil
	}
	m := manifest{1, s.run.ID, s.j.Sync.ID, s.j.Model.ID, s.run.Mode, s.run.Full, s.run.Began, s.j.Sync.format(), s.j.Sync.Compression,
		s.columns, s.run.Rows(), []File{}}
	for _, f := range s.run.Files {
		f.Key, f.First = s.to.prefix+f.Key, nil
		m.Files = append(m.Files, f)
	}
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	folder := s.name
	folder.template = path.Join(path.Dir(folder.template), manifestName)
	plain := *s
	plain.name, plain.to.kind, plain.to.compress = folder, "application/json", ""
	plain.to.encrypt = nil
	sh, err := plain.create(ctx, manifestKind, 0)
	if err != nil {
		return err
	}
	if _, err := sh.upload.Write(append(text, '\n')); err != nil {
		return sh.abort(err)
	}
	return plain.finish(ctx, sh, 0)
}
