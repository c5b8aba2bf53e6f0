package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// cell is one value of a result, ready to be written.
type cell struct {
	null bool
	text string
	json []byte // the value in JSON
}

// numeric tells the types of columns that stand on the right.
func numeric(kind string) bool {
	switch kind, _, _ := strings.Cut(kind, "("); kind {
	case "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT",
		"UHUGEINT", "FLOAT", "DOUBLE", "DECIMAL":
		return true
	}
	return false
}

// render turns what the driver returns for a column of a type into a cell.
func render(value any, kind string) (cell, error) {
	switch v := value.(type) {
	case nil:
		return cell{null: true, json: []byte("null")}, nil
	case string:
		return quoted(v)
	case time.Time:
		return quoted(clock(v, kind))
	case []byte:
		if kind == "UUID" && len(v) == 16 {
			return quoted(fmt.Sprintf("%x-%x-%x-%x-%x", v[:4], v[4:6], v[6:8], v[8:10], v[10:]))
		}
		return quoted(hex.EncodeToString(v))
	case float64:
		return decimal(v, 64)
	case float32:
		return decimal(float64(v), 32)
	case *big.Int:
		return cell{text: v.String(), json: []byte(v.String())}, nil
	case interface {
		fmt.Stringer
		Float64() float64
	}: // a DECIMAL
		text := scaled(v.String(), kind)
		return cell{text: text, json: []byte(text)}, nil
	case json.Marshaler: // a MAP
		raw, err := marshal(v)
		return cell{text: string(raw), json: raw}, err
	case fmt.Stringer:
		return quoted(v.String())
	}
	raw, err := marshal(plain(value))
	if err != nil {
		return cell{}, fmt.Errorf("write a value of type %s: %w", kind, err)
	}
	return cell{text: string(raw), json: raw}, nil
}

func quoted(s string) (cell, error) {
	raw, err := marshal(s)
	return cell{text: s, json: raw}, err
}

func marshal(v any) ([]byte, error) {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return []byte(strings.TrimSuffix(b.String(), "\n")), err
}

func decimal(f float64, bits int) (cell, error) {
	if math.IsNaN(f) || math.IsInf(f, 0) { // JSON has no number for these
		return quoted(strconv.FormatFloat(f, 'g', -1, bits))
	}
	format := byte('f')
	if abs := math.Abs(f); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		format = 'e'
	}
	text := strconv.FormatFloat(f, format, -1, bits)
	return cell{text: text, json: []byte(text)}, nil
}

// scaled gives a decimal the digits after the point that its type DECIMAL(p,s) has.
func scaled(text, kind string) string {
	var precision, scale int
	if _, err := fmt.Sscanf(kind, "DECIMAL(%d,%d)", &precision, &scale); err != nil || scale == 0 {
		return text
	}
	whole, fraction, _ := strings.Cut(text, ".")
	return whole + "." + fraction + strings.Repeat("0", max(0, scale-len(fraction)))
}

// clock writes dates and times as ISO 8601.
func clock(t time.Time, kind string) string {
	switch {
	case kind == "DATE":
		return t.Format(time.DateOnly)
	case strings.HasPrefix(kind, "TIMESTAMP") && (strings.HasSuffix(kind, "TZ") || strings.HasSuffix(kind, "ZONE")):
		return t.UTC().Format("2006-01-02T15:04:05.999999999Z07:00")
	case strings.HasPrefix(kind, "TIMESTAMP"):
		return t.Format("2006-01-02T15:04:05.999999999")
	case strings.HasPrefix(kind, "TIME"):
		return t.Format("15:04:05.999999999")
	}
	return t.Format(time.RFC3339Nano)
}

// plain makes nested values such that encoding/json takes them.
func plain(value any) any {
	switch v := value.(type) {
	case time.Time:
		return v.Format(time.RFC3339Nano)
	case fmt.Stringer:
		return v.String()
	case []byte:
		return hex.EncodeToString(v)
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Sprint(v)
		}
	}
	switch v := reflect.ValueOf(value); v.Kind() {
	case reflect.Slice:
		list := make([]any, v.Len())
		for i := range list {
			list[i] = plain(v.Index(i).Interface())
		}
		return list
	case reflect.Map:
		object := make(map[string]any, v.Len())
		for _, key := range v.MapKeys() {
			object[fmt.Sprint(key.Interface())] = plain(v.MapIndex(key).Interface())
		}
		return object
	}
	return value
}
