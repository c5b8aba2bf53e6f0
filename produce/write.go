package produce

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"smew/answer"
	"smew/avro"
	"smew/bucket"
	"smew/feed"
)

const (
	syncTakes    = 4 * time.Minute
	syncEvery    = 24 * time.Hour
	retryAfter   = time.Hour
	reportWithin = 10 * time.Second // for a failed sync's report, when the context is done already
)

// writer puts dumps into a bucket.
type writer struct {
	bucket  bucket.Bucket
	options Options
}

// dump writes a dump and then its sync report, whether or not the dump
// succeeded. Where only the report fails, it returns what it wrote with the error.
func (w *writer) dump(ctx context.Context, d *dump) (DumpSummary, error) {
	d.planted.Strays = 0 // an earlier attempt may have counted
	if d.failed != 0 {
		if err := w.failedSync(ctx, d); err != nil {
			return DumpSummary{}, err
		}
	}
	wrote, err := w.objects(ctx, d)
	if err != nil {
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), reportWithin)
		defer cancel()
		if reported := w.report(late, d.id, d.times(true), err); reported != nil {
			err = errors.Join(err, reported)
		}
		return DumpSummary{}, err
	}
	wrote.Late, wrote.FailedSync = d.wasLate, d.failed
	if d.fault != nil {
		wrote.Faults = []answer.Fault{d.fault.answer(d)}
	}
	return wrote, w.report(ctx, d.id, d.times(false), nil)
}

// objects writes parts, then definitions, then the manifest.
func (w *writer) objects(ctx context.Context, d *dump) (DumpSummary, error) {
	s := DumpSummary{DumpID: d.id}
	m := &feed.Manifest{DumpID: d.id}
	parts, err := w.parts(ctx, d)
	if err != nil {
		return s, err
	}
	for i, table := range d.tables {
		t := feed.Table{Name: table.name(), Incremental: !table.full}
		for _, c := range table.columns {
			t.Columns = append(t.Columns, c.Name)
		}
		wrote := TableSummary{Name: t.Name, Incremental: t.Incremental, Parts: len(parts[i])}
		for _, part := range parts[i] {
			t.Files = append(t.Files, w.ref(part.Key))
			wrote.Rows += part.Rows
			wrote.Bytes += part.Bytes
		}
		m.Tables = append(m.Tables, t)
		s.Tables = append(s.Tables, wrote)
	}
	if err := w.unlisted(ctx, d); err != nil {
		return s, err
	}
	if m.PropertyDefinitions, err = w.definitions(ctx, d); err != nil {
		return s, err
	}
	if d.sealed != nil {
		if err := d.sealed(ctx, m); err != nil {
			return s, err
		}
	}
	return s, w.manifest(ctx, d, m)
}

// definitions writes the dump's property definitions and returns how the manifest names them.
func (w *writer) definitions(ctx context.Context, d *dump) (string, error) {
	if d.defines == noFile {
		return "", nil
	}
	text, err := definitionsText(d.defines)
	if err != nil {
		return "", fmt.Errorf("write property definitions: %w", err)
	}
	key, err := w.createFresh(ctx, feed.DefinitionsKey(d.id), text)
	return w.ref(key), err
}

// parts writes the parts of all tables, some at once, and returns those of each
// table. Their names are given in order, whichever is done first.
func (w *writer) parts(ctx context.Context, d *dump) ([][]Part, error) {
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(w.options.Workers)
	var told sync.Mutex
	out := make([][]Part, len(d.tables))
	for i, t := range d.tables {
		out[i] = make([]Part, len(t.parts))
		for n := range t.parts {
			if inner.Err() != nil {
				break
			}
			key := w.options.partKey(d.id, d.day, t.name(), n)
			group.Go(func() error {
				wrote, err := w.listed(inner, d, i, n, key)
				if err != nil {
					return err
				}
				out[i][n] = wrote
				if w.options.Progress != nil {
					told.Lock()
					defer told.Unlock()
					w.options.Progress(wrote)
				}
				return nil
			})
		}
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return out, ctx.Err() // some parts may not have been begun
}

// listed writes a part that the manifest lists, or what is there in its place.
func (w *writer) listed(ctx context.Context, d *dump, table, n int, key string) (Part, error) {
	t := &d.tables[table]
	if !d.fault.is(table, n) {
		return w.part(ctx, d.id, t.name(), t.parts[n], t.columns, key)
	}
	d.fault.object = key
	wrote := Part{DumpID: d.id, Table: t.name(), Key: key, Rows: t.parts[n].Len()}
	content, err := brokenPart(d.fault, t.parts[n], t.columns, key, w.options.Codec)
	if err != nil || content == nil {
		return wrote, err
	}
	wrote.Bytes = int64(len(content))
	return wrote, w.bucket.Create(ctx, key, bytes.NewReader(content), bucket.Options{ContentType: partType})
}

const partType = "application/octet-stream"

func (w *writer) part(ctx context.Context, id int64, table string, p part, columns []avro.Column, key string) (Part, error) {
	r, err := newPartReader(p, columns, key, w.options.Codec)
	if err != nil {
		return Part{}, fmt.Errorf("begin part of table %q: %w", table, err)
	}
	if err := w.bucket.Create(ctx, key, r, bucket.Options{ContentType: partType}); err != nil {
		return Part{}, err
	}
	return Part{DumpID: id, Table: table, Key: key, Rows: p.Len(), Bytes: r.bytes}, nil
}

// failedSync writes what a sync leaves that does not come to its end: the first part of each table
// and a report.
func (w *writer) failedSync(ctx context.Context, d *dump) error {
	for _, t := range d.tables {
		if len(t.parts) == 0 {
			continue
		}
		key := w.options.partKey(d.failed, d.day, t.name(), 0)
		if _, err := w.part(ctx, d.failed, t.name(), t.parts[0], t.columns, key); err != nil {
			return err
		}
		d.planted.Strays++
	}
	return w.report(ctx, d.failed, vendorTimes(d.synced.Add(-retryAfter), true), errors.New("lost the connection to the warehouse"))
}

// unlisted writes what a reader has to pass over: the mark that the vendor's
// cluster leaves, and on some days a part that no manifest lists.
func (w *writer) unlisted(ctx context.Context, d *dump) error {
	if d.clock != nil { // a database's
		return nil
	}
	mark := fmt.Sprintf("%ssync_%d/_SUCCESS", w.options.Prefix, d.id)
	err := w.bucket.Create(ctx, mark, strings.NewReader(""), bucket.Options{})
	if err != nil && !errors.Is(err, fs.ErrExist) { // a failed attempt may have left it
		return err
	}
	d.planted.Strays++
	if d.stray == nil {
		return nil
	}
	d.planted.Strays++
	for i := range d.tables {
		if t := &d.tables[i]; t.number == pageviews {
			key := w.options.partKey(d.id, d.day, t.name(), len(t.parts))
			_, err = w.part(ctx, d.id, t.name(), d.stray, t.columns, key)
		}
	}
	return err
}

// manifest makes the dump exist.
func (w *writer) manifest(ctx context.Context, d *dump, m *feed.Manifest) error {
	text, err := m.Encode()
	if err != nil {
		return err
	}
	key := w.options.Prefix + feed.ManifestKey(m.DumpID)
	if f := d.fault; f != nil && !f.part {
		f.object = key
		wrong, err := brokenManifest(f, text, w.options.Bucket)
		if err != nil {
			return err
		}
		switch f.name {
		case changedManifest: // later
		case duplicateID: // before the right one, which so makes the dump exist
			if f.object, err = w.createFresh(ctx, feed.ManifestsPrefix+extraName(m.DumpID)+".json", wrong); err != nil {
				return err
			}
		default:
			return w.bucket.Create(ctx, key, bytes.NewReader(wrong), manifestOptions)
		}
	}
	err = w.bucket.Create(ctx, key, bytes.NewReader(text), manifestOptions)
	if errors.Is(err, fs.ErrExist) && w.isOurs(ctx, key, m) {
		return nil
	}
	return err
}

var manifestOptions = bucket.Options{ContentType: "application/json"}

// change replaces the manifest of a dump by one that says more, see [changedManifest]. It can be
// done twice; without a dump it does nothing.
func (w *writer) change(ctx context.Context, d *dump) error {
	if d == nil {
		return nil
	}
	key := w.options.Prefix + feed.ManifestKey(d.id)
	object, err := bucket.Stat(ctx, w.bucket, key)
	if err != nil {
		return err
	}
	text, err := bucket.ReadAll(ctx, w.bucket, object, manifestLimit)
	if err != nil {
		return err
	}
	changed, err := brokenManifest(d.fault, text, w.options.Bucket)
	if err != nil || bytes.Equal(changed, text) {
		return err
	}
	return w.bucket.Create(ctx, key, bytes.NewReader(changed), bucket.Options{ContentType: manifestOptions.ContentType, Overwrite: true})
}

// isOurs reports whether the manifest at key is the one we tried to create: then
// only the answer to an earlier request was lost. Its parts' names are unique.
func (w *writer) isOurs(ctx context.Context, key string, m *feed.Manifest) bool {
	object, err := bucket.Stat(ctx, w.bucket, key)
	if err != nil {
		return false
	}
	text, err := bucket.ReadAll(ctx, w.bucket, object, manifestLimit)
	if err != nil {
		return false
	}
	there, err := feed.ParseManifest(text)
	return err == nil && there.Digest() == m.Digest()
}

// syncTimes are those of a report. The zero time is not known.
type syncTimes struct{ began, finished, next time.Time }

// vendorTimes are those of a sync as the vendor's might be.
func vendorTimes(began time.Time, failed bool) syncTimes {
	wait := syncEvery
	if failed {
		wait = retryAfter
	}
	return syncTimes{began, began.Add(syncTakes), began.Add(wait)}
}

// times are those of the dump's report.
func (d *dump) times(failed bool) syncTimes {
	if d.clock != nil {
		return syncTimes{began: d.synced, finished: d.clock()}
	}
	return vendorTimes(d.synced, failed)
}

// millis is a report's form of a time, in which 0 is none.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// report writes a sync's report; cause is nil if it succeeded.
func (w *writer) report(ctx context.Context, sync int64, t syncTimes, cause error) error {
	r := &feed.Report{StartTime: millis(t.began), FinishTime: millis(t.finished), NextSyncAt: millis(t.next), Status: "succeeded"}
	if cause != nil {
		text, err := json.Marshal(cause.Error())
		if err != nil {
			return fmt.Errorf("encode sync report: %w", err)
		}
		r.Status, r.Error = "failed", text
	}
	text, err := r.Encode()
	if err != nil {
		return err
	}
	_, err = w.createFresh(ctx, feed.ReportKey(sync), text)
	return err
}

// createFresh creates an object and returns its key. Where an earlier attempt at
// the same dump left one of that key, the name gets a UUID.
func (w *writer) createFresh(ctx context.Context, key string, data []byte) (string, error) {
	key = w.options.Prefix + key
	options := bucket.Options{ContentType: "application/json"}
	err := w.bucket.Create(ctx, key, bytes.NewReader(data), options)
	if errors.Is(err, fs.ErrExist) {
		key = strings.TrimSuffix(key, ".json") + "-" + w.options.UUID() + ".json"
		err = w.bucket.Create(ctx, key, bytes.NewReader(data), options)
	}
	return key, err
}

func (w *writer) ref(key string) string {
	return feed.Ref{Bucket: w.options.Bucket, Key: key}.String()
}
