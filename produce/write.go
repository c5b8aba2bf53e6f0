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

	"smew/bucket"
	"smew/feed"
)

const (
	syncTakes    = 4 * time.Minute
	syncEvery    = 24 * time.Hour
	retryAfter   = time.Hour
	reportWithin = 10 * time.Second // for a failed sync's report, when the context is done already
)

// noDefinitions is a definitions file that defines nothing.
const noDefinitions = `{"version": 1, "properties": []}` + "\n"

// writer puts dumps into a bucket.
type writer struct {
	bucket  bucket.Bucket
	options Options
	strays  int // unlisted objects of the dump in hand
}

// dump writes a dump and then its sync report, whether or not the dump
// succeeded.
func (w *writer) dump(ctx context.Context, d *dump) (DumpSummary, error) {
	wrote, err := w.objects(ctx, d)
	if err != nil {
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), reportWithin)
		defer cancel()
		if reported := w.report(late, d, err); reported != nil {
			err = errors.Join(err, reported)
		}
		return DumpSummary{}, err
	}
	d.planted.Strays = w.strays
	return wrote, w.report(ctx, d, nil)
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
		t := feed.Table{Name: tableNumber(i).String(), Incremental: !table.full}
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
	definitions, err := w.createFresh(ctx, feed.DefinitionsKey(d.id), []byte(noDefinitions))
	if err != nil {
		return s, err
	}
	m.PropertyDefinitions = w.ref(definitions)
	return s, w.manifest(ctx, m)
}

// parts writes the parts of all tables, some at once, and returns those of each
// table. Their names are given in order, whichever is done first.
func (w *writer) parts(ctx context.Context, d *dump) ([][]Part, error) {
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(w.options.Workers)
	var told sync.Mutex
	out := make([][]Part, len(d.tables))
	for i, t := range d.tables {
		number := tableNumber(i)
		out[i] = make([]Part, len(t.parts))
		for n, p := range t.parts {
			if inner.Err() != nil {
				break
			}
			key := w.partKey(d, number, n)
			group.Go(func() error {
				wrote, err := w.part(inner, d, number, p, key)
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

func (w *writer) partKey(d *dump, t tableNumber, n int) string {
	return w.options.Prefix + feed.PartKey(w.options.Layout, d.id, t.String(), n, w.options.UUID())
}

func (w *writer) part(ctx context.Context, d *dump, t tableNumber, p part, key string) (Part, error) {
	r, err := newPartReader(p, d.tables[t].columns, key, w.options.Codec)
	if err != nil {
		return Part{}, fmt.Errorf("begin part of table %q: %w", t, err)
	}
	if err := w.bucket.Create(ctx, key, r, bucket.Options{ContentType: "application/octet-stream"}); err != nil {
		return Part{}, err
	}
	return Part{DumpID: d.id, Table: t.String(), Key: key, Rows: p.len(), Bytes: r.bytes}, nil
}

// unlisted writes what a reader has to pass over: the mark that the vendor's
// cluster leaves, and on some days a part that no manifest lists.
func (w *writer) unlisted(ctx context.Context, d *dump) error {
	mark := fmt.Sprintf("%ssync_%d/_SUCCESS", w.options.Prefix, d.id)
	err := w.bucket.Create(ctx, mark, strings.NewReader(""), bucket.Options{})
	if err != nil && !errors.Is(err, fs.ErrExist) { // a failed attempt may have left it
		return err
	}
	w.strays++
	if d.stray == nil {
		return nil
	}
	w.strays++
	key := w.partKey(d, pageviews, len(d.tables[pageviews].parts))
	_, err = w.part(ctx, d, pageviews, d.stray, key)
	return err
}

// manifest makes the dump exist.
func (w *writer) manifest(ctx context.Context, m *feed.Manifest) error {
	text, err := m.Encode()
	if err != nil {
		return err
	}
	key := w.options.Prefix + feed.ManifestKey(m.DumpID)
	err = w.bucket.Create(ctx, key, bytes.NewReader(text), bucket.Options{ContentType: "application/json"})
	if errors.Is(err, fs.ErrExist) && w.isOurs(ctx, key, m) {
		return nil
	}
	return err
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

// report writes the sync report; cause is nil for a dump that succeeded.
func (w *writer) report(ctx context.Context, d *dump, cause error) error {
	r := &feed.Report{
		StartTime:  d.synced.UnixMilli(),
		FinishTime: d.synced.Add(syncTakes).UnixMilli(),
		NextSyncAt: d.synced.Add(syncEvery).UnixMilli(),
		Status:     "succeeded",
	}
	if cause != nil {
		text, err := json.Marshal(cause.Error())
		if err != nil {
			return fmt.Errorf("encode sync report: %w", err)
		}
		r.Status, r.Error = "failed", text
		r.NextSyncAt = d.synced.Add(retryAfter).UnixMilli()
	}
	text, err := r.Encode()
	if err != nil {
		return err
	}
	_, err = w.createFresh(ctx, feed.ReportKey(d.id), text)
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
