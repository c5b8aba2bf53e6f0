package main

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zstd"

	"smew/avro/avrotest"
	"smew/feed"
)

// mostMemory is what smew may take, all of it, to refuse a part.
const mostMemory = 300 << 20

// measured runs the command that its arguments name and writes its peak of memory, in bytes, into the
// file that comes first. A process's peak begins with the size of the one that started it, so this one
// stands between the test and smew.
func measured() {
	cmd := exec.Command(os.Args[2], os.Args[3:]...)
	cmd.Args[0] = "smew"
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	err := cmd.Run()
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.WriteFile(os.Args[1], []byte(strconv.FormatInt(usage.Maxrss<<10, 10)), 0o600)
	os.Exit(cmd.ProcessState.ExitCode())
}

const (
	gigabyte   = 1 << 30
	bombSchema = `{"type":"record","name":"r","fields":[{"name":"s","type":"string"}]}`
)

var bombSync = [16]byte([]byte("0123456789abcdef"))

// packedZeros is a gigabyte of zeros, in a codec.
func packedZeros(t *testing.T, codec string) []byte {
	t.Helper()
	zeros := make([]byte, 1<<20)
	var b bytes.Buffer
	var err error
	switch codec {
	case "deflate": // what ends in a flush can be repeated: it reaches back into zeros
		w, failed := flate.NewWriter(&b, 9)
		_, err = w.Write(zeros)
		err = errors.Join(failed, err, w.Flush())
		some := bytes.Clone(b.Bytes())
		b.Write(bytes.Repeat(some, gigabyte/len(zeros)-1))
		b.WriteString("\x03\x00")
	case "snappy": // a byte, and copies of 64 bytes from one before
		b.Write(binary.AppendUvarint(nil, gigabyte))
		b.WriteString("\x00\x00")
		b.Write(bytes.Repeat([]byte("\xfe\x01\x00"), gigabyte/64-1))
		b.WriteString("\xfa\x01\x00\x00\x00\x00\x00")
	case "zstandard": // frames that do not say how large they are
		w, failed := zstd.NewWriter(&b, zstd.WithEncoderConcurrency(1))
		for range 16 {
			if _, err = w.Write(zeros); err != nil {
				break
			}
		}
		err = errors.Join(failed, err, w.Close())
		some := bytes.Clone(b.Bytes())
		b.Write(bytes.Repeat(some, gigabyte/16/len(zeros)-1))
	case "bzip2": // 64 MiB, by another library
		some, failed := hex.DecodeString(bzip2Zeros)
		err = failed
		b.Write(bytes.Repeat(some, gigabyte/(64<<20)))
	case "xz":
		some, failed := avrotest.Pack("xz", zeros)
		err = failed
		b.Write(bytes.Repeat(some, gigabyte/len(zeros)))
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const bzip2Zeros = "425a68393141592653590e09e2df015f8e4000c0000008200030804d4642a025a90a8097314159265359bc04b5c300a275c000c0000008200020a40836328a884d2a2a2138bb9229c2848500bb83e8"

// bomb is a part that asks for far more than it has, and what is said of it.
type bomb struct {
	name string
	part []byte
	want string // regexp of what follows the part's name
	hint string // the flag, "" if no limit is what keeps it out
}

func bombs(t *testing.T) []bomb {
	head := func(schema string, meta map[string]string) []byte {
		all := map[string]string{"avro.schema": schema}
		for k, v := range meta {
			all[k] = v
		}
		var b bytes.Buffer
		if err := avrotest.Write(&b, bombSchema, avrotest.Options{Sync: bombSync, Meta: all}); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	record := func(fields string) string { return `{"type":"record","name":"r","fields":[` + fields + `]}` }
	const rows = `block 0 at byte \d+: count of rows is 1152921504606846976, more than a block can hold`
	all := []bomb{
		{"a declared length of 1 GB", append(binary.AppendVarint(binary.AppendVarint(head(bombSchema, nil), 1), gigabyte), "some"...),
			`block 0 at byte \d+: size of 1073741824 bytes is beyond the limit of 67108864`, "--max-block"},
		{"a declared length within the limit", append(binary.AppendVarint(binary.AppendVarint(head(bombSchema, nil), 1), 60<<20), "some"...),
			`block 0 at byte \d+: it has 62914560 bytes and a marker, the file only \d more: unexpected EOF`, ""},
		{"2^60 rows without fields", avrotest.AppendBlock(head(record(""), nil), 1<<60, nil, bombSync), rows, "--max-empty"},
		{"2^60 rows of NULL", avrotest.AppendBlock(head(record(`{"name":"a","type":"null"},{"name":"b","type":"null"}`), nil), 1<<60, nil, bombSync), rows, "--max-empty"},
		{"2^60 rows of text", avrotest.AppendBlock(head(bombSchema, nil), 1<<60, []byte("\x02a"), bombSync), rows, "--max-block"},
		{"a schema nested 10,000 deep", head(record(`{"name":"a","type":`+strings.Repeat(`{"type":"array","items":`, 10000)+`"int"`+strings.Repeat("}", 10000)+"}"), nil),
			`header at byte 0: schema is not JSON: .*exceeded max depth`, ""},
		{"a schema nested 9,000 deep", head(record(`{"name":"a","type":`+strings.Repeat(`{"type":"array","items":`, 9000)+`"int"`+strings.Repeat("}", 9000)+"}"), nil),
			`header at byte 0: schema: record "r": field "a": .*nested deeper than 64`, "--max-depth"},
		{"a schema of a million types", head(`[`+strings.TrimSuffix(strings.Repeat(`{},`, 1390000), ",")+`]`, nil),
			`header at byte 0: schema: more than 131072 fields, branches and symbols`, "--max-fields"},
		{"metadata of 2^60 entries", binary.AppendVarint([]byte("Obj\x01"), 1<<60), `header at byte \d+: metadata: a count of items is out of range`, ""},
		{"a header of 100 MB", head(bombSchema, map[string]string{"notes": strings.Repeat("n", 100<<20)}),
			`header at byte \d+: it is longer than the limit of 4194304 bytes`, "--max-header"},
		{"a name of 3 MB", head(record(`{"name":"a","type":"`+strings.Repeat("n", 3<<20)+`"}`), nil),
			`header at byte 0: schema: record "r": field "a": the name of a type is longer than 1024 bytes: "n{64}"…`, ""},
	}
	for _, codec := range []string{"deflate", "snappy", "zstandard", "bzip2", "xz"} {
		part := avrotest.AppendBlock(head(bombSchema, map[string]string{"avro.codec": codec}), 1, packedZeros(t, codec), bombSync)
		all = append(all, bomb{"1 GB in " + codec, part, `block 0 at byte \d+: ` + codec + `: decompresses to more than the limit`, "--max-block"})
	}
	return all
}

// TestBombs holds that a part that asks for far more than it has is refused by name, in little
// memory, by a whole smew, also while two threads are at it.
func TestBombs(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("a process's peak of memory is in KiB on Linux alone")
	}
	for _, b := range bombs(t) {
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			code, said, peak := loadMeasured(t, feedOf(t, b.part, b.part))
			want := `(?m)^smew: load: dump 1: table "clicks": sync_1/clicks/part-0000[01]\.avro: ` + b.want + `$`
			if code != exitIncomplete || !regexp.MustCompile(want).MatchString(said) {
				t.Errorf("exit code %d\n%.2000s\nwant %s", code, said, want)
			}
			if hint := "hint: a part that is to be trusted is read with a higher limit: " + b.hint; strings.Contains(said, hint) != (b.hint != "") {
				t.Errorf("%.2000s\nwant %s", said, hint)
			}
			if peak > mostMemory {
				t.Errorf("%d MiB of memory", peak>>20)
			}
			t.Logf("%d MiB of memory for %d bytes", peak>>20, len(b.part))
		})
	}
}

// A limit that is set higher lets a part pass, one that is set lower keeps it out.
func TestLimitFlags(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := avrotest.Write(&b, bombSchema, avrotest.Options{Codec: "deflate"}, []any{strings.Repeat("x", 70<<20)}); err != nil {
		t.Fatal(err)
	}
	dir := feedOf(t, b.Bytes())
	if code, said, _ := loadMeasured(t, dir); code != exitIncomplete {
		t.Errorf("exit code %d for a block beyond the limit\n%s", code, said)
	}
	if code, said, _ := loadMeasured(t, dir, "--max-block", "80MB"); code != exitDone {
		t.Errorf("exit code %d for a block within the limit that was set\n%s", code, said)
	}
	for _, flag := range []string{"--max-header=10B", "--max-fields=0", "--max-block=1kib", "--max-fields=-1", "--max-header=much", "--max-block=0"} {
		name, _, _ := strings.Cut(flag, "=")
		want := map[bool]int{true: exitUsage, false: exitIncomplete}[strings.HasSuffix(flag, "-1") || strings.HasSuffix(flag, "much") || flag == "--max-block=0"]
		if code, said, _ := loadMeasured(t, dir, flag); code != want || name != "--max-fields" && !strings.Contains(said, name) {
			t.Errorf("%s: exit code %d, want %d\n%s", flag, code, want, said)
		}
	}
}

// feedOf is a feed with one dump of one table, which has the parts.
func feedOf(t *testing.T, parts ...[]byte) string {
	t.Helper()
	dir := t.TempDir()
	table := feed.Table{Name: "clicks", Incremental: true}
	write := func(key string, data []byte) {
		path := filepath.Join(dir, filepath.FromSlash(key))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, data, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	for i, part := range parts {
		key := fmt.Sprintf("sync_1/clicks/part-%05d.avro", i)
		table.Files = append(table.Files, "s3://shop/"+key)
		write(key, part)
	}
	text, err := (&feed.Manifest{DumpID: 1, Tables: []feed.Table{table}}).Encode()
	if err != nil {
		t.Fatal(err)
	}
	write(feed.ManifestKey(1), text)
	return dir
}

// loadMeasured loads a feed into a fresh file by a smew of its own.
func loadMeasured(t *testing.T, dir string, flags ...string) (code int, said string, peak int64) {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	out := t.TempDir()
	args := append([]string{filepath.Join(out, "peak"), binary, "load", dir, "--db", filepath.Join(out, "x.duckdb"), "--threads", "2"}, flags...)
	cmd := exec.Command(binary, args...)
	cmd.Args[0] = "measured"
	text, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	number, err := os.ReadFile(filepath.Join(out, "peak"))
	if err == nil {
		peak, err = strconv.ParseInt(string(number), 10, 64)
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return cmd.ProcessState.ExitCode(), string(text), peak
}
