package export

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"smew/duck"
)

// preview keeps the first lines of a file.
type preview struct {
	on   bool
	text []byte
}

const previewLines, previewBytes = 5, 4096

func (p *preview) see(b []byte) {
	if p.on && len(p.text) < previewBytes {
		p.text = append(p.text, b[:min(len(b), previewBytes-len(p.text))]...)
	}
}

// lines are the first ones, as text of which a cut may have left half a character.
func (p *preview) lines() []string {
	if !p.on || len(p.text) == 0 {
		return nil
	}
	lines := strings.Split(strings.TrimSuffix(strings.ToValidUTF8(string(p.text), "…"), "\n"), "\n")
	return lines[:min(len(lines), previewLines)]
}

// previewTime is how long it may take to show what a Parquet file holds whose rows lie nowhere: they are asked of the model.
const previewTime = 2 * time.Second

// firstRows shows what a Parquet file holds. Where the model would take long for that, it shows nothing.
func (s *sending) firstRows(ctx context.Context, tx *duck.Tx, query string) (text []byte, err error) {
	if s.dry || s.run.Mode != All || s.j.Sync.Batch.on() {
		return firstRows(ctx, tx, query)
	}
	quick, done := context.WithTimeout(ctx, previewTime)
	defer done()
	err = s.db.View(quick, func(tx *duck.Tx) (err error) { // of its own: a statement that is ended ends its transaction
		text, err = firstRows(quick, tx, query)
		return err
	})
	if err != nil {
		return nil, ctx.Err()
	}
	return text, nil
}

func firstRows(ctx context.Context, tx *duck.Tx, query string) ([]byte, error) {
	c, err := tx.CopyOut(ctx, fmt.Sprintf("FROM (%s\n) LIMIT %d", query, previewLines), "FORMAT json")
	if err != nil {
		return nil, err
	}
	defer c.Close()
	return io.ReadAll(c)
}
