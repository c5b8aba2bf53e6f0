package export

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"smew/bucket"
	"smew/section"
)

// check gathers what is wrong with exports.
type check struct{ section.Check }

// identifier is what models and syncs are called: it gets into names of files.
var identifier = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

func (k *check) id(at, id string, taken bool) {
	switch {
	case id == "":
		k.Wrong(at, "id is missing")
	case !identifier.MatchString(id):
		k.Wrong(at+".id", "%q is no id: letters, digits, '.', '_' and '-' make one", id)
	case taken:
		k.Wrong(at+".id", "another is called %q too", id)
	}
}

// bucketName is what buckets are called, those of old times too.
var bucketName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{2,254}$`)

// Validate says what is wrong, nothing if nothing is. Whether columns exist only a database tells.
func (c Config) Validate() []section.Problem {
	k := &check{}
	for i, m := range c.Models {
		at := fmt.Sprintf("models[%d]", i)
		k.id(at, m.ID, slices.ContainsFunc(c.Models[:i], func(o Model) bool { return o.ID == m.ID }))
		if (strings.TrimSpace(m.SQL) == "") == (m.Table == "") {
			k.Wrong(at, "want either sql or table")
		}
		if strings.ContainsAny(m.Name, "{}") {
			k.Wrong(at+".name", "braces are for variables")
		}
		if slices.Contains(m.PrimaryKey, "") {
			k.Wrong(at+".primary-key", "a name is empty")
		}
	}
	for i, s := range c.Syncs {
		at := fmt.Sprintf("syncs[%d]", i)
		k.id(at, s.ID, slices.ContainsFunc(c.Syncs[:i], func(o Sync) bool { return o.ID == s.ID }))
		k.sync(at, s, modelOf(c.Models, s.Model))
		m := slices.IndexFunc(c.Models, func(m Model) bool { return m.ID == s.Model })
		switch {
		case s.Model == "":
			k.Wrong(at, "model is missing")
		case m < 0:
			k.Wrong(at+".model", "there is no model %q", s.Model)
		case s.mode() != All && len(c.Models[m].PrimaryKey) == 0:
			k.Wrong(at+".mode", "%s needs a primary-key, which model %q has not", s.Mode, s.Model)
		}
		k.overlap(at, i, c.Syncs, c.Models)
	}
	return k.Problems
}

// Validate says what is wrong with a sync alone, as a path below it.
func (s Sync) Validate() []section.Problem {
	k := &check{}
	k.sync("", s, Model{ID: "query"})
	for i := range k.Problems {
		k.Problems[i].Path = strings.TrimPrefix(k.Problems[i].Path, ".")
	}
	return k.Problems
}

// mostOffset is a hundred years, in seconds: with much more, times would overflow.
const mostOffset = 100 * 366 * 24 * 60 * 60

func (k *check) sync(at string, s Sync, m Model) {
	if s.To == "" {
		k.Wrong(at, "to is missing: a directory or s3://bucket/prefix")
	} else if to, err := bucket.ParseLocation(s.To); err != nil {
		k.Wrong(at+".to", "want a directory or s3://bucket/prefix: %v", err)
	} else if to.Dir == "" && !bucketName.MatchString(to.Bucket) {
		k.Wrong(at+".to", "%q is no name of a bucket: 3 to 63 letters, digits, '.' and '-' make one", to.Bucket)
	} else if path.Clean("/"+to.Prefix) != "/"+strings.TrimSuffix(to.Prefix, "/") {
		k.Wrong(at+".to", "%q is no prefix of keys: S3 takes neither '..' nor empty folders", to.Prefix)
	}
	k.Among(at+".mode", string(s.Mode), string(All), string(Insert), string(Diff))
	k.Among(at+".format", string(s.Format), string(CSV), string(JSON), string(JSONLines), string(Parquet))
	k.Among(at+".empty", s.Empty, "skip", "write")
	k.Among(at+".stale", s.Stale, "keep", "empty")
	if s.Stale == "empty" && s.IfAbsent {
		k.Wrong(at+".stale", "with if-absent nothing is overwritten, and so nothing is emptied")
	}
	k.Among(at+".compression", s.Compression, "gzip", "zstd")
	if s.format() == Parquet && s.Compression != "" {
		k.Wrong(at+".compression", "Parquet is compressed inside, by parquet.compression (--parquet-compression)")
	}
	for i, key := range s.Encrypt {
		if _, err := recipients([]string{key}); err != nil {
			k.Wrong(fmt.Sprintf("%s.encrypt[%d]", at, i), "%v", err)
		}
	}
	if s.Offset < -mostOffset || s.Offset > mostOffset {
		k.Wrong(at+".offset", "it is in seconds: more than a hundred years is none")
	}
	k.file(at, s, m)
	k.csv(at+".csv", s)
	k.parquet(at+".parquet", s)
	k.columns(at+".columns", s.Columns)
	if s.Batch.Rows < 0 || s.Batch.Bytes < 0 {
		k.Wrong(at+".batch", "less than 0")
	}
	if s.format() == Parquet && s.Batch.Bytes > 0 {
		k.Wrong(at+".batch.bytes", "Parquet is cut by rows: how many bytes they take is known only afterwards")
	}
	if _, err := s.schedule(); err != nil {
		k.Wrong(at+".schedule", "%q is neither after-load nor manual nor a cron expression: %v", s.Schedule, err)
	}
	k.Among(at+".s3.sse", s.S3.SSE, "AES256")
	k.Among(at+".s3.acl", s.S3.ACL, "bucket-owner-full-control")
	if s.S3.PartSize != 0 && s.S3.PartSize < 5<<20 {
		k.Wrong(at+".s3.part-size", "S3 takes no parts below 5 MiB (%d)", 5<<20)
	}
	for _, limit := range []struct {
		name  string
		value float64
	}{{"rejected", s.Alerts.Rejected}, {"slow", s.Alerts.Slow.Seconds()}, {"drop", s.Alerts.Drop}, {"rise", s.Alerts.Rise}, {"late", s.Alerts.Late.Seconds()}} {
		if limit.value < 0 {
			k.Wrong(at+".alerts."+limit.name, "less than 0")
		}
	}
}

func (k *check) file(at string, s Sync, m Model) {
	template := or(s.File, defaultFile(s.format()))
	for _, wrong := range unknownNames(template) {
		k.Wrong(at+".file", "there is no variable %s: want %s", wrong, "{"+strings.Join(names, "}, {")+"}")
	}
	if text := s.fileWrong(m); text != "" {
		k.Wrong(at+".file", "%s", text)
	}
	if !s.Manifest {
		return
	}
	folder := path.Dir(template)
	for _, name := range []string{"mode", "part", "hash"} {
		if uses(folder, name) {
			k.Wrong(at+".file", "with a manifest, all files of a run lie in one folder: {%s} does not go into its name", name)
		}
	}
	if s.IfAbsent && !strings.Contains(folder, "{") {
		k.Wrong(at+".file", "with manifest and if-absent, each run needs a folder of its own, such as {sync.run.id}/…")
	}
}

func (k *check) csv(at string, s Sync) {
	if d := s.CSV.delimiter(); len(d) != 1 || !strings.Contains(",;|~\t", d) {
		k.Wrong(at+".delimiter", "%q is none of , ; | ~ and tab", d)
	}
	k.Among(at+".quote", s.CSV.Quote, "needed", "text", "all")
	k.Among(at+".line-end", s.CSV.LineEnd, "lf", "crlf")
	if strings.ContainsAny(s.CSV.Null, "\"\r\n"+s.CSV.delimiter()) {
		k.Wrong(at+".null", "%q would end the value", s.CSV.Null)
	}
	if s.format() != CSV && s.CSV != (CSVOptions{}) {
		k.Wrong(at, "is for format csv only")
	}
}

func (k *check) parquet(at string, s Sync) {
	k.Among(at+".compression", s.Parquet.Compression, "snappy", "zstd", "gzip", "brotli", "lz4_raw", "uncompressed")
	if s.Parquet.RowGroup < 0 {
		k.Wrong(at+".row-group", "less than 0")
	}
	if s.format() != Parquet && s.Parquet != (ParquetOption{}) {
		k.Wrong(at, "is for format parquet only")
	}
}

func (k *check) columns(at string, columns []Column) {
	for i, c := range columns {
		at := fmt.Sprintf("%s[%d]", at, i)
		if c.Name == "" {
			k.Wrong(at, "name is missing")
		}
		if _, err := templateSQL(c.Template, nil); err != nil {
			k.Wrong(at+".template", "%v", err)
		}
		if slices.ContainsFunc(columns[:i], func(o Column) bool { return c.Name != "" && strings.EqualFold(o.Name, c.Name) }) {
			k.Wrong(at+".name", "another is called %q too (upper and lower case are one)", c.Name)
		}
		given := 0
		for _, is := range []bool{c.From != "", c.Value != nil, c.SQL != "", c.Template != ""} {
			if is {
				given++
			}
		}
		if given > 1 {
			k.Wrong(at, "want only one of from, value, sql and template")
		}
	}
}
