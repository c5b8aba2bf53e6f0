package export

import (
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"smew/bucket"
	"smew/bucket/buckettest"
	"smew/duck"
)

func TestEmpty(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		format Format
		mode   Mode
		want   map[string]string
	}{
		{CSV, All, map[string]string{"out/x": "id,name,note\n"}},
		{JSON, All, map[string]string{"out/x": "[]\n"}},
		{JSONLines, All, map[string]string{"out/x": ""}},
		{CSV, Diff, map[string]string{"out/x_added": "id,name,note\n", "out/x_changed": "id,name,note\n", "out/x_removed": "id,name,note\n"}},
		{CSV, Insert, map[string]string{"out/x": "id,name,note\n"}},
	} {
		for _, empty := range []string{"write", "skip", ""} {
			p := newPlace(t)
			p.sql(twoPeople, "DELETE FROM people")
			p.mustSend(people(Sync{File: "x", Format: test.format, Mode: test.mode, Empty: empty}))
			if empty != "write" {
				test.want = nil
			}
			p.want(test.want)
		}
	}
	for _, batch := range []Batch{{}, {Rows: 1}} { // what is in it, TestParquetReaders sees
		p := newPlace(t)
		p.sql(twoPeople, "DELETE FROM people")
		p.mustSend(people(Sync{File: "a/{part}", Format: Parquet, Batch: batch}))
		p.want(nil)
		p.mustSend(people(Sync{File: "b/{part}", Format: Parquet, Empty: "write", Batch: batch}))
		if all := content(t, p.to); len(all) != 1 || !strings.HasPrefix(all["out/b/00001"], "PAR1") {
			t.Errorf("%q", all)
		}
	}
}

func TestTemplates(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	for template, want := range map[string]string{
		"{{ a }} {{b}}!":                               "It's <nil>",
		"{{a|upcase|append:'|x'}}":                     "IT'S|x",
		"{{ b | default: 'none' | prepend: \">\" }}":   ">none",
		"{{ a | replace: 't', 'd' | truncate: 3 }}":    "Id'",
		"{{ d | date: '%d.%m.%Y' }}{{ c | downcase }}": "02.01.2026x y",
		"{{ c | strip }}":                              "X Y",
		"{{ e | strip }}":                              "x",
		"{{ b | append: 'x' | prepend: 'y' }}":         "yx",
		`{{ a | replace: "'", '"' | append: "'" }}`:    `It"s'`,
		"'quoted'": "'quoted'",
		"":         "",
	} {
		want = strings.ReplaceAll(want, " <nil>", " !")
		expression, err := templateSQL(template, []string{"a", "b", "c", "d", "e"})
		if err != nil {
			t.Errorf("%s: %v", template, err)
			continue
		}
		var got string
		err = p.db.View(t.Context(), func(tx *duck.Tx) error {
			_, err := tx.Row(t.Context(), "SELECT "+expression+" FROM (SELECT 'It''s' AS a, NULL AS b, 'X Y' AS c, DATE '2026-01-02' AS d, chr(9) || ' x' || chr(10) AS e)", nil, &got)
			return err
		})
		if err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q", template, got, err, want)
		}
	}
	for _, bad := range []string{"{{ e }}", "{{ a | nothing }}", "{{ a | append }}", "{{ a", "{% if a %}", "{{ a | 'x' }}", "{{ }}",
		"{% assign b = a %}{{ a }}", "{{ a\n }}{{ a }}", "{{ a | truncate: -3 }}", "{{ a | append: a 'x' }}", "{{ a | replace: 'x' 'y' }}", "{{ a | append: 'x', }}",
	} {
		if sql, err := templateSQL(bad, []string{"a"}); err == nil {
			t.Errorf("%s was taken: %s", bad, sql)
		}
	}
}

func TestTroubles(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC)
	run := func(minute int, status string, rows, out int64, took float64) Run {
		ended := at.Add(time.Duration(minute)*time.Minute + time.Second)
		return Run{Began: at.Add(time.Duration(minute) * time.Minute), Ended: &ended, Status: status, Added: 1, ModelRows: rows, Duplicates: out, Seconds: took, Error: "why"}
	}
	s := Sync{ID: "s", Alerts: Limits{Rejected: 10, Slow: time.Minute, Drop: 50, Rise: 100, Late: time.Hour}}
	for name, test := range map[string]struct {
		runs []Run
		now  time.Duration
		want string
	}{
		"well":           {[]Run{run(2, done, 100, 10, 1), run(1, done, 199, 0, 1)}, 3 * time.Minute, ""},
		"on the limits":  {[]Run{run(2, done, 90, 10, 60), run(1, done, 45, 0, 1)}, 62*time.Minute + time.Second, ""},
		"never":          {nil, 0, ""},
		"never, waiting": {nil, -2 * time.Hour, "late no run was done since 2026-01-01T23:59:00Z 00:59"},
		"failed":         {[]Run{run(3, failed, 0, 0, 1), run(2, failed, 0, 0, 1), run(1, done, 5, 0, 1)}, 4 * time.Minute, "failed why 03:02"},
		"under way":      {[]Run{run(3, Running, 0, 0, 0), run(2, done, 5, 0, 1)}, 4 * time.Minute, ""},
		"rejected":       {[]Run{run(1, done, 80, 20, 1)}, 2 * time.Minute, "rejected 20 of 100 rows were left out: 0 without a key, 20 duplicates 03:01"},
		"slow":           {[]Run{run(1, done, 1, 0, 61)}, 2 * time.Minute, "slow the run took 61 s 03:01"},
		"slow, under way": {[]Run{run(3, Running, 0, 0, 0), run(1, done, 1, 0, 1)}, 5 * time.Minute,
			"slow the run that began at 2026-01-02T03:03:00Z has not come to its end 03:04"},
		"dropped":      {[]Run{run(3, done, 49, 0, 1), run(2, abandoned, 0, 0, 1), run(1, done, 100, 0, 1)}, 4 * time.Minute, "dropped 49 rows, after 100 03:03"},
		"risen":        {[]Run{run(3, done, 201, 0, 1), run(1, done, 100, 0, 1)}, 4 * time.Minute, "risen 201 rows, after 100 03:03"},
		"from nothing": {[]Run{run(3, done, 201, 0, 1), run(1, done, 0, 0, 1)}, 4 * time.Minute, ""},
		// A failure ends none of the others: nothing says that they are over.
		"dropped, then failed": {[]Run{run(4, failed, 0, 0, 1), run(3, done, 49, 20, 61), run(1, done, 100, 0, 1)}, 5 * time.Minute,
			"failed why 03:04; slow the run took 61 s 03:03; rejected 20 of 69 rows were left out: 0 without a key, 20 duplicates 03:03; dropped 49 rows, after 100 03:03"},
		"late":        {[]Run{run(1, done, 1, 0, 1)}, 2 * time.Hour, "late no run was done since 2026-01-02T03:01:01Z 04:01"},
		"late, fails": {[]Run{run(100, failed, 1, 0, 1)}, 3 * time.Hour, "failed why 04:40; late no run was done since 2026-01-02T04:40:00Z 05:40"},
		"late, killed": {[]Run{run(1, Running, 1, 0, 1)}, 3 * time.Hour,
			"late no run was done since 2026-01-02T03:01:00Z 04:01; slow the run that began at 2026-01-02T03:01:00Z has not come to its end 03:02"},
	} {
		var waiting time.Time
		if test.now < 0 {
			waiting, test.now = at.Add(test.now-time.Hour-time.Minute), -time.Hour
		}
		var got []string
		for _, trouble := range s.Troubles(test.runs, waiting, at.Add(test.now)) {
			got = append(got, trouble.Kind+" "+trouble.Text+" "+trouble.Since.Format("15:04"))
		}
		if text := strings.Join(got, "; "); text != test.want {
			t.Errorf("%s: %q, want %q", name, text, test.want)
		}
	}
	if got := (Sync{}).Troubles([]Run{run(1, done, 0, 100, 1e6), run(0, done, 1e6, 0, 1)}, time.Time{}, at.Add(1e6*time.Hour)); got != nil {
		t.Errorf("without limits: %v", got)
	}
}

func TestDue(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 2, 3, 30, 0, 0, time.UTC)
	c := Config{Syncs: []Sync{{ID: "loads"}, {ID: "hand", Schedule: "manual"}, {ID: "clock", Schedule: "0 * * * *"}, {ID: "berlin", Schedule: "CRON_TZ=Europe/Berlin 0 6 * * *"}}}
	minutes := func(n int) time.Time { return at.Add(time.Duration(n) * time.Minute) }
	type lasts map[string]Last
	for _, test := range []struct {
		last        lasts
		now, loaded time.Time
		want        string
	}{
		{nil, minutes(1), minutes(1), "[loads]"},
		{nil, at, time.Time{}, "[]"},
		{nil, at, minutes(-1), "[]"}, // before the program began
		{nil, minutes(29), time.Time{}, "[]"},
		{nil, minutes(30), minutes(30), "[loads clock]"},
		{lasts{"clock": {At: minutes(30)}}, minutes(80), time.Time{}, "[]"},
		{lasts{"clock": {At: minutes(30)}}, minutes(90), time.Time{}, "[clock berlin]"}, // 5:00 UTC
		{lasts{"clock": {At: at.Add(-100 * time.Hour)}}, at, time.Time{}, "[clock]"},
		// A process that died between a load and its exports left them to the next one.
		{lasts{"loads": {At: minutes(-60)}}, at, minutes(-1), "[loads]"},
		{lasts{"loads": {At: minutes(-60)}}, at, minutes(-61), "[]"},
		// What failed is tried again, after pauses that grow.
		{lasts{"loads": {minutes(-14), 1}, "clock": {minutes(-14), 1}}, at, minutes(-60), "[]"},
		{lasts{"loads": {minutes(-15), 1}, "clock": {minutes(-15), 1}, "hand": {minutes(-99), 1}}, at, minutes(-60), "[loads clock]"},
		{lasts{"loads": {minutes(-29), 2}}, at, minutes(-60), "[]"},
		{lasts{"loads": {minutes(-30), 2}}, at, minutes(-60), "[loads]"},
		{lasts{"loads": {minutes(-359), 99}}, at, minutes(-600), "[]"},
		{lasts{"loads": {minutes(-360), 99}}, at, minutes(-600), "[loads]"},
	} {
		if got := fmt.Sprint(c.Due(test.last, at, test.loaded, test.now)); got != test.want {
			t.Errorf("%+v: %s", test, got)
		}
	}
	if next := c.Next(nil, at); !next.Equal(minutes(30)) {
		t.Errorf("next at %v", next)
	}
	if next := c.Next(lasts{"loads": {minutes(-1), 1}, "clock": {At: minutes(0)}}, at); !next.Equal(minutes(14)) {
		t.Errorf("tried again at %v", next)
	}
	ended := minutes(5)
	runs := []Run{{Began: at, Attempts: 1, Status: Running}, {Began: at, Ended: &ended, Attempts: 2, Status: failed}, {Status: done}, {Status: failed, Attempts: 9}}
	for want, runs := range map[Last][]Run{{}: nil, {at, 3}: runs, {minutes(5), 2}: runs[1:]} {
		if got := LastOf(runs); got != want {
			t.Errorf("last of %+v: %+v", runs, got)
		}
	}
}

// Another definition gives up the run that failed, and what it has to send.
func TestChangedDefinition(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.sql(twoPeople)
	sound := p.to
	j := people(Sync{File: "{sync.run.id}.csv", Mode: Insert})
	p.to = buckettest.FailAt(sound, 1, buckettest.Fail)
	if _, err := p.send(j, nil); err == nil {
		t.Fatal("nothing failed")
	}
	p.to, j.Sync.Format = sound, JSONLines
	if r := p.mustSend(j); r.ID != 2 || r.Added != 2 {
		t.Errorf("%+v", r)
	}
	var runs []Run
	err := p.db.View(t.Context(), func(tx *duck.Tx) (err error) {
		runs, err = Log(t.Context(), tx, "crm", 10)
		return err
	})
	if err != nil || len(runs) != 2 || runs[1].Status != abandoned || runs[0].Status != done || len(runs[0].Files) != 1 || runs[0].Files[0].Rows != 2 {
		t.Errorf("%+v, %v", runs, err)
	}
}

func TestMappingErrors(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.sql(twoPeople)
	for want, change := range map[string]func(*Job){
		`no column "nothing"; it has id, name, note`: func(j *Job) { j.Sync.Columns = []Column{{Name: "nothing"}} },
		`two are called "ID"`:                        func(j *Job) { j.Sync.Columns = []Column{{Name: "id"}, {Name: "ID", From: "name"}} },
		`there is no column "x"`:                     func(j *Job) { j.Sync.Columns = []Column{{Name: "a", Template: "{{x}}"}} },
		`"nokey"`:                                    func(j *Job) { j.Sync.Mode, j.Model.PrimaryKey = Diff, []string{"nokey"} },
		`"v" is of type VARIANT[]`:                   func(j *Job) { j.Sync.Mode, j.Sync.Columns = Insert, []Column{{Name: "v", SQL: "[id::VARIANT]"}} },
		`Binder Error`:                               func(j *Job) { j.Sync.Columns = []Column{{Name: "a", SQL: "nothing + 1"}} },
	} {
		j := people(Sync{})
		change(&j)
		_, err := p.send(j, nil)
		var mapping *MappingError
		if !errors.As(err, &mapping) || !strings.Contains(err.Error(), want) || strings.Count(err.Error(), `export "`) != 1 {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// JSON is JSON, also in CSV: NaN and infinity become null, however deep they lie, and texts stay as they are.
func TestNoNaNInJSON(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		"'nan'::DOUBLE":                         "null",
		"'-inf'::FLOAT":                         "null",
		"[1.5::DOUBLE, 'nan', 'inf', '-inf']":   "[1.5,null,null,null]",
		"{'a': 'nan'::DOUBLE, 'NaN': 'NaN'}":    `{"a":null,"NaN":"NaN"}`,
		"{'a': 'inf'::FLOAT, 'b': '\"NaN\\\"'}": `{"a":null,"b":"\"NaN\\\""}`,
		"MAP {'x': ['-inf'::DOUBLE]}":           `{"x":[null]}`,
		"union_value(nan := 'nan'::DOUBLE)":     `{"nan":null}`,
		"[union_value(x := 'nan'::DOUBLE)]":     `[{"x":null}]`,
		"['[nan, Infinity, -inf, null]'::JSON]": "[[null,null,null,null]]",
		"['info', 'NaN', 'nan']":                `["info","NaN","nan"]`,
		"{'a': -1.5::DOUBLE, 'b': 'inf-nan'}":   `{"a":-1.5,"b":"inf-nan"}`,
		"[]::DOUBLE[]":                          "[]",
		"NULL::DOUBLE[]":                        "null",
		"'{\"a\": nan, \"nan\": -Inf}'::JSON":   `{"a":null,"nan":null}`,
	} {
		for _, format := range []Format{JSON, JSONLines, CSV} {
			p := newPlace(t)
			p.mustSend(Job{Model{ID: "m", SQL: "SELECT " + value + " AS v"}, Sync{ID: "s", Model: "m", File: "x", Format: format, CSV: CSVOptions{Null: "null"}}})
			text := content(t, p.to)["out/x"]
			if format == CSV {
				if strings.HasSuffix(value, "::DOUBLE") || strings.HasSuffix(value, "::FLOAT") || strings.HasSuffix(value, "::JSON") {
					continue // they stay what they are
				}
				rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
				if err != nil || len(rows) != 2 || rows[1][0] != want {
					t.Errorf("%s as csv: %q, %v; want %s", value, rows, err, want)
				}
				continue
			}
			if text = strings.Trim(text, "[]\n"); text != `{"v":`+want+`}` || !json.Valid([]byte(text)) {
				t.Errorf("%s as %s: %s, want %s", value, format, text, want)
			}
		}
	}
}

// A union says in CSV too which of its members it is.
func TestUnionTag(t *testing.T) {
	p := newPlace(t)
	p.mustSend(Job{Model{ID: "m", SQL: "SELECT unnest([union_value(a := 'x')::UNION(a VARCHAR, b VARCHAR), union_value(b := 'x')::UNION(a VARCHAR, b VARCHAR)]) AS u"},
		Sync{ID: "s", Model: "m", File: "x"}})
	p.want(map[string]string{"out/x": "u\n\"{\"\"a\"\":\"\"x\"\"}\"\n\"{\"\"b\"\":\"\"x\"\"}\"\n"})
}

// Integers of 128 bits keep their digits in Parquet, inside of others too; what it cannot hold fails with advice.
func TestHugeIntegersInParquet(t *testing.T) {
	t.Parallel()
	const digits = "12345678901234567890123456789012345678"
	for _, value := range []string{"%s", "[%s]", "{'a b': %s, 'HUGEINT': 'x', 'c, HUGEINT)': 1}", "MAP {'x': [%s]}", "[{'a': [%s]}]"} {
		p := newPlace(t)
		dir := t.TempDir()
		to, err := bucket.OpenDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		p.to = to
		for _, kind := range []string{"HUGEINT", "UHUGEINT"} {
			j := Job{Model{ID: "m", SQL: "SELECT " + fmt.Sprintf(value, digits+"::"+kind) + " AS v"}, Sync{ID: "s", Model: "m", File: "x", Format: Parquet}}
			p.mustSend(j)
			var got string
			err = p.db.View(t.Context(), func(tx *duck.Tx) error {
				_, err := tx.Row(t.Context(), fmt.Sprintf("SELECT v::VARCHAR FROM read_parquet('%s/out/x')", dir), nil, &got)
				return err
			})
			if err != nil || !strings.Contains(got, digits) {
				t.Errorf("%s of %s: %s, %v", value, kind, got, err)
			}
			j.Model.SQL = strings.ReplaceAll(j.Model.SQL, digits, digits+"0")
			var wrong *DigitsError
			if _, err := p.send(j, nil); !errors.As(err, &wrong) || wrong.Hint() == "" || wrong.Columns[0] != "v" {
				t.Errorf("%s of %s: %v", value, kind, err)
			}
		}
	}
}

// Whoever has the key reads what was encrypted, and nobody else.
func TestEncrypt(t *testing.T) {
	t.Parallel()
	key, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"x", "{hash}"} {
		p := newPlace(t)
		p.sql(twoPeople)
		r := p.mustSend(people(Sync{File: file, Encrypt: []string{key.Recipient().String()}, Compression: "gzip"}))
		text := content(t, p.to)["out/"+r.Files[0].Key]
		if int64(len(text)) != r.Bytes || strings.Contains(text, "Ada") {
			t.Errorf("%q", text)
		}
		plain, err := age.Decrypt(strings.NewReader(text), key)
		if err != nil {
			t.Fatal(err)
		}
		unpacked, err := gzip.NewReader(plain)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(unpacked); err != nil || string(got) != "id,name,note\n1,Ada,\"\"\n2,Bo,\n" {
			t.Errorf("%q, %v", got, err)
		}
	}
	if wrong := (Sync{To: "x", Encrypt: []string{"age1x"}}).Validate(); len(wrong) != 1 || wrong[0].Path != "encrypt[0]" {
		t.Errorf("%v", wrong)
	}
}
