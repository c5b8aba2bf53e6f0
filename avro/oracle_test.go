package avro

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/linkedin/goavro/v2"
)

// world makes random schemas with random values: for goavro, and as the text that must come out.
type world struct {
	r     *rand.Rand
	named int
}

// made is a value for goavro, and its text as a column and inside JSON.
type made struct {
	value  any
	text   string
	json   string
	isNull bool
}

// maker is a random type.
type maker struct {
	schema any
	branch string // name of the type in a goavro union
	make   func() made
}

func quoted(s string) made { return made{value: s, text: s, json: plainJSON(s)} }

// plainJSON is s as JSON by the standard library, its needless escapes taken back.
func plainJSON(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		panic(err)
	}
	return strings.NewReplacer(`\\`, `\\`, `\u2028`, "\u2028").Replace(strings.TrimSuffix(b.String(), "\n"))
}

func bare(v any, text string) made { return made{value: v, text: text, json: text} }

func (w *world) string() string {
	alphabet := []rune("abc xyz\"\\/<>&\n\r\tüß漢\U0001f986\u2028\x01\b\f")
	if w.r.IntN(20) == 0 {
		return strings.Repeat("long ", w.r.IntN(2000))
	}
	s := make([]rune, w.r.IntN(14))
	for i := range s {
		s[i] = alphabet[w.r.IntN(len(alphabet))]
	}
	return string(s)
}

func (w *world) int64() int64 {
	return []int64{0, -1, 63, 64, -64, -65, math.MaxInt64, math.MinInt64, w.r.Int64(), -w.r.Int64(), w.r.Int64N(1000)}[w.r.IntN(11)]
}

func (w *world) name(prefix string) string {
	w.named++
	return prefix + strconv.Itoa(w.named)
}

func (w *world) scalar() maker {
	switch w.r.IntN(10) {
	case 0:
		return maker{"boolean", "boolean", func() made { v := w.r.IntN(2) == 1; return bare(v, strconv.FormatBool(v)) }}
	case 1:
		return maker{"int", "int", func() made { v := int32(w.int64()); return bare(v, strconv.Itoa(int(v))) }}
	case 2:
		return maker{"long", "long", func() made { v := w.int64(); return bare(v, strconv.FormatInt(v, 10)) }}
	case 3:
		return maker{"float", "float", func() made {
			v := float32(w.r.NormFloat64())
			return bare(v, strconv.FormatFloat(float64(v), 'g', -1, 32))
		}}
	case 4:
		return maker{"double", "double", func() made {
			v := w.r.NormFloat64() * math.Pow(10, float64(w.r.IntN(40)-20))
			return bare(v, strconv.FormatFloat(v, 'g', -1, 64))
		}}
	case 5:
		return maker{"bytes", "bytes", func() made {
			v := []byte(w.string())
			m := quoted(hex.EncodeToString(v))
			m.value = v
			return m
		}}
	case 6:
		name := w.name("fixed")
		return maker{map[string]any{"type": "fixed", "name": name, "size": 3}, name, func() made {
			v := []byte{byte(w.r.Uint32()), byte(w.r.Uint32()), 0}
			m := quoted(hex.EncodeToString(v))
			m.value = v
			return m
		}}
	case 7:
		name, symbols := w.name("enum"), []string{"A", "B_1", "_c"}
		return maker{map[string]any{"type": "enum", "name": name, "symbols": symbols}, name,
			func() made { return quoted(symbols[w.r.IntN(3)]) }}
	}
	return maker{"string", "string", func() made { return quoted(w.string()) }}
}

func (w *world) any(depth int) maker {
	kind := w.r.IntN(12)
	if depth > 2 {
		kind = 0
	}
	switch kind {
	default:
		return w.scalar()
	case 1, 2, 3, 4:
		return w.union(depth)
	case 5:
		items := w.any(depth + 1)
		return maker{map[string]any{"type": "array", "items": items.schema}, "array", func() made {
			values, texts := []any{}, []string{}
			for range w.r.IntN(4) {
				m := items.make()
				values, texts = append(values, m.value), append(texts, m.json)
			}
			return bare(values, "["+strings.Join(texts, ",")+"]")
		}}
	case 6:
		items := w.any(depth + 1)
		return maker{map[string]any{"type": "map", "values": items.schema}, "map", func() made {
			values, texts := map[string]any{}, map[string]string{}
			for range w.r.IntN(4) {
				key, m := w.string(), items.make()
				values[key], texts[key] = m.value, m.json
			}
			var all []string
			for _, key := range slices.Sorted(maps.Keys(texts)) {
				all = append(all, plainJSON(key)+":"+texts[key])
			}
			return bare(values, "{"+strings.Join(all, ",")+"}")
		}}
	case 7:
		return w.record(depth)
	}
}

func (w *world) record(depth int) maker {
	name := w.name("record")
	var fields []any
	var makers []maker
	for i := range 1 + w.r.IntN(3) {
		m := w.any(depth + 1)
		makers = append(makers, m)
		fields = append(fields, map[string]any{"name": "f" + strconv.Itoa(i), "type": m.schema})
	}
	return maker{map[string]any{"type": "record", "name": name, "fields": fields}, name, func() made {
		values, texts := map[string]any{}, []string{}
		for i, m := range makers {
			v := m.make()
			key := "f" + strconv.Itoa(i)
			values[key] = v.value
			texts = append(texts, `"`+key+`":`+v.json)
		}
		return bare(values, "{"+strings.Join(texts, ",")+"}")
	}}
}

func (w *world) union(depth int) maker {
	branches := []maker{{"null", "null", func() made { return made{json: "null", isNull: true} }}}
	for range 1 + w.r.IntN(3) {
		b := w.any(depth + 1)
		if _, union := b.schema.([]any); union || slices.ContainsFunc(branches, func(o maker) bool { return o.branch == b.branch }) {
			continue
		}
		branches = append(branches, b)
	}
	w.r.Shuffle(len(branches), func(i, j int) { branches[i], branches[j] = branches[j], branches[i] })
	var schema []any
	for _, b := range branches {
		schema = append(schema, b.schema)
	}
	return maker{schema, "", func() made {
		b := branches[w.r.IntN(len(branches))]
		m := b.make()
		if !m.isNull {
			m.value = goavro.Union(b.branch, m.value)
		}
		return m
	}}
}

// part is a random part by goavro, and its rows.
func (w *world) part(t *testing.T, codec string) ([]byte, [][]string) {
	var fields []any
	var makers []maker
	for i := range 1 + w.r.IntN(8) {
		m := w.any(0)
		makers = append(makers, m)
		fields = append(fields, map[string]any{"name": "c" + strconv.Itoa(i), "type": m.schema})
	}
	schema, err := json.Marshal(map[string]any{"type": "record", "name": "row", "fields": fields})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	ocf, err := goavro.NewOCFWriter(goavro.OCFConfig{W: &out, Schema: string(schema), CompressionName: codec})
	if err != nil {
		t.Fatalf("%v\n%s", err, schema)
	}
	var rows [][]string
	for range w.r.IntN(4) { // blocks
		var values []any
		for range 1 + w.r.IntN(50) {
			value, row := map[string]any{}, []string{}
			for i, m := range makers {
				v := m.make()
				value["c"+strconv.Itoa(i)] = v.value
				if v.isNull {
					v.text = null
				}
				row = append(row, v.text)
			}
			values, rows = append(values, value), append(rows, row)
		}
		if err := ocf.Append(values); err != nil {
			t.Fatalf("%v\n%s", err, schema)
		}
	}
	return out.Bytes(), rows
}

// Whatever goavro writes is read as it was meant.
func TestAgainstGoavro(t *testing.T) {
	codecs := []string{goavro.CompressionNullLabel, goavro.CompressionDeflateLabel, goavro.CompressionSnappyLabel}
	for seed := range uint64(300) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			w := &world{r: rand.New(rand.NewPCG(seed, 852))}
			p, want := w.part(t, codecs[seed%3])
			got, err := readAs(p, Limits{}, 1+w.r.IntN(70), nil)
			if err != nil {
				t.Fatal(err)
			}
			sameRows(t, got, want)
		})
	}
}
