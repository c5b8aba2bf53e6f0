package submit

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"smew/spark/driver"
)

// answer is what the runner says of a step.
type answer struct {
	Rows  [][]any        `json:"rows"`
	Error []driver.Cause `json:"error"`
}

func parse(data []byte) ([]answer, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var all []answer
	if err := d.Decode(&all); err != nil {
		return nil, fmt.Errorf("read the driver's answer: %w", err)
	}
	return all, nil
}

// values are the rows as a session gives them.
func (a answer) values() ([][]any, error) {
	for _, row := range a.Rows {
		for i, v := range row {
			var err error
			if row[i], err = value(v); err != nil {
				return nil, fmt.Errorf("read the driver's answer: %w", err)
			}
		}
	}
	return a.Rows, nil
}

func value(v any) (any, error) {
	switch v := v.(type) {
	case json.Number:
		return v.Int64()
	case map[string]any:
		for kind, text := range v {
			text, ok := text.(string)
			if !ok {
				break
			}
			switch kind {
			case "float":
				return strconv.ParseFloat(text, 64)
			case "bytes":
				return base64.StdEncoding.DecodeString(text)
			case "time":
				if !strings.Contains(text, "T") {
					return time.Parse(time.DateOnly, text)
				}
				return time.Parse("2006-01-02T15:04:05.999999", strings.TrimSuffix(text, "+00:00"))
			}
		}
		return nil, fmt.Errorf("what kind of value is %v", v)
	}
	return v, nil
}
