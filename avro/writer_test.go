package avro

import (
	"bytes"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/linkedin/goavro/v2"
)

var writerColumns = []Column{{"user_id", Long}, {"path", Text}, {"session_id", Long}, {"title", Text}}

// writtenRows holds what is easily got wrong, then random rows. A value is nil, an int64 or a string.
func writtenRows(r *rand.Rand) [][]any {
	rows := [][]any{
		{nil, nil, nil, nil},
		{int64(0), "", int64(0), ""},
		{int64(math.MaxInt64), nil, int64(math.MinInt64), ""},
		{int64(-1), "Zürich 漢字 🦆 \x00\n", nil, strings.Repeat("long ", 50_000)},
		{int64(63), "'", int64(64), "\""},
		{int64(-64), "a", int64(-65), nil},
	}
	w := &world{r: r}
	for range 2000 {
		row := []any{w.int64(), w.string(), w.int64(), w.string()}
		row[r.IntN(4)] = nil
		rows = append(rows, row)
	}
	return rows
}

// write writes rows and returns the part.
func write(t testing.TB, columns []Column, o WriterOptions, rows [][]any) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := NewWriter(&out, columns, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if err := writeRow(w, row); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func writeRow(w *Writer, row []any) error {
	for _, v := range row {
		switch v := v.(type) {
		case int64:
			w.Long(v)
		case string:
			w.Text(v)
		default:
			w.Null()
		}
	}
	return w.EndRow()
}

// blocks returns the rows of each block.
func blocks(t *testing.T, p []byte) (rows []int64) {
	t.Helper()
	f, err := Open(bytes.NewReader(p), int64(len(p)), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	var b Block
	for {
		if err := f.Next(&b); err == io.EOF {
			return rows
		} else if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, b.Rows)
	}
}

// What is written is read back, by goavro and by our own reader.
func TestWriter(t *testing.T) {
	for _, codec := range []string{"", "null", "deflate", "snappy"} {
		for _, size := range []int{0, 1, 1000, 1 << 30} {
			t.Run(codec+" "+strconv.Itoa(size), func(t *testing.T) {
				rows := writtenRows(rand.New(rand.NewPCG(1, uint64(size))))
				p := write(t, writerColumns, WriterOptions{Codec: codec, BlockBytes: size, Sync: [16]byte{1, 2, 3}}, rows)
				sameRows(t, byGoavro(t, p), asTexts(rows))
				got, err := readAs(p, Limits{}, 300, writerColumns)
				if err != nil {
					t.Fatal(err)
				}
				sameRows(t, got, asTexts(rows))
				switch n := len(blocks(t, p)); {
				case size == 1 && n != len(rows), size == 1<<30 && n != 1, size == 1000 && n < 30:
					t.Errorf("%d blocks of %d bytes for %d rows", n, size, len(rows))
				}
			})
		}
	}
}

func asTexts(rows [][]any) (out [][]string) {
	for _, row := range rows {
		var texts []string
		for _, v := range row {
			switch v := v.(type) {
			case int64:
				texts = append(texts, strconv.FormatInt(v, 10))
			case string:
				texts = append(texts, v)
			default:
				texts = append(texts, null)
			}
		}
		out = append(out, texts)
	}
	return out
}

func byGoavro(t *testing.T, p []byte) (out [][]string) {
	t.Helper()
	r, err := goavro.NewOCFReader(bytes.NewReader(p))
	if err != nil {
		t.Fatal(err)
	}
	var rows [][]any
	for r.Scan() {
		record, err := r.Read()
		if err != nil {
			t.Fatal(err)
		}
		var row []any
		for _, c := range writerColumns {
			switch union, _ := record.(map[string]any)[c.Name].(map[string]any); {
			case union == nil:
				row = append(row, nil)
			case c.Kind == Long:
				row = append(row, union["long"].(int64))
			default:
				row = append(row, union["string"].(string))
			}
		}
		rows = append(rows, row)
	}
	if err := r.Err(); err != nil {
		t.Fatal(err)
	}
	return asTexts(rows)
}

// The header is the vendor's, and the marker the caller's.
func TestWriterHeader(t *testing.T) {
	p := write(t, writerColumns, WriterOptions{Codec: "snappy", Sync: [16]byte([]byte("sixteen letters."))}, nil)
	f, err := Open(bytes.NewReader(p), int64(len(p)), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"type":"record","name":"topLevelRecord","fields":[{"name":"user_id","type":["long","null"]},` +
		`{"name":"path","type":["string","null"]},{"name":"session_id","type":["long","null"]},{"name":"title","type":["string","null"]}]}`
	if got := f.Schema(); got.JSON != want || got.Codec != "snappy" {
		t.Errorf("codec %s, schema %s", got.Codec, got.JSON)
	}
	if !bytes.HasSuffix(p, []byte("sixteen letters.")) {
		t.Errorf("the header ends with %q", p[len(p)-16:])
	}
}

// A block ends by itself once it has 64 KiB.
func TestWriterBlocks(t *testing.T) {
	var rows [][]any
	for range 1000 {
		rows = append(rows, []any{strings.Repeat("x", 1021)}) // 1024 bytes with branch and length
	}
	sizes := blocks(t, write(t, []Column{{"a", Text}}, WriterOptions{}, rows))
	if len(sizes) != 16 || sizes[0] != 64 || sizes[15] != 40 {
		t.Errorf("blocks have %d rows", sizes)
	}
}

// full takes so many bytes and then no more.
type full struct{ room int }

func (f *full) Write(b []byte) (int, error) {
	if f.room -= len(b); f.room < 0 {
		return 0, errDisk
	}
	return len(b), nil
}

// Whatever write fails, its error comes back, and again from every later call.
func TestWriterFails(t *testing.T) {
	for _, codec := range []string{"null", "deflate", "snappy"} {
		o := WriterOptions{Codec: codec, BlockBytes: 10}
		whole := len(write(t, []Column{{"a", Text}}, o, [][]any{{"0123456789"}, {nil}}))
		for room := range whole {
			w, err := NewWriter(&full{room}, []Column{{"a", Text}}, o)
			if err == nil {
				err = writeRow(w, []any{"0123456789"})
			}
			if err == nil {
				if err = writeRow(w, []any{nil}); err != nil {
					t.Fatalf("a row that ends no block: %v", err)
				}
				err = w.Flush()
			}
			if !errors.Is(err, errDisk) {
				t.Fatalf("%s, room for %d of %d bytes: %v", codec, room, whole, err)
			}
			if w != nil && (!errors.Is(writeRow(w, []any{nil}), errDisk) || !errors.Is(w.Flush(), errDisk)) {
				t.Fatalf("%s, room for %d bytes: the error is forgotten", codec, room)
			}
		}
	}
}

func TestWriterMisuse(t *testing.T) {
	for name, o := range map[string]WriterOptions{"codec": {Codec: "zstandard"}, "columns": {}} {
		columns := []Column{{"a", Text}}
		if name == "columns" {
			columns = nil
		}
		if _, err := NewWriter(io.Discard, columns, o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	for name, row := range map[string][]any{
		"too few":   {int64(1)},
		"too many":  {int64(1), "a", int64(2), "b", nil},
		"no long":   {"1", "a", int64(2), "b"},
		"no text":   {int64(1), int64(1), int64(2), "b"},
		"not UTF-8": {int64(1), "\xff", int64(2), "b"},
	} {
		var out bytes.Buffer
		w, err := NewWriter(&out, writerColumns, WriterOptions{})
		if err != nil {
			t.Fatal(err)
		}
		header := out.Len()
		if err := writeRow(w, row); err == nil || w.Flush() != err || out.Len() != header {
			t.Errorf("%s: %v, then %d bytes", name, err, out.Len()-header)
		}
	}
	w, err := NewWriter(io.Discard, writerColumns, WriterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if w.Long(1); w.Flush() == nil {
		t.Error("half a row is passed over")
	}
}

func BenchmarkWrite(b *testing.B) {
	rows := writtenRows(rand.New(rand.NewPCG(1, 2)))[6:]
	for _, codec := range []string{"null", "snappy", "deflate"} {
		b.Run(codec, func(b *testing.B) {
			b.SetBytes(int64(len(write(b, writerColumns, WriterOptions{}, rows)) / len(rows)))
			w, err := NewWriter(io.Discard, writerColumns, WriterOptions{Codec: codec})
			if err != nil {
				b.Fatal(err)
			}
			for i := 0; b.Loop(); i++ {
				if err := writeRow(w, rows[i%len(rows)]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
