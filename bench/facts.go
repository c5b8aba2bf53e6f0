package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
)

// machine is what the times depend on.
type machine struct {
	Cores     int     `json:"cores"`
	MemoryGiB float64 `json:"memory_gib"`
	Processor string  `json:"processor"`
	Kernel    string  `json:"kernel"`
	Go        string  `json:"go"`
	DuckDB    string  `json:"duckdb"`
	Peer      string  `json:"duckdb_peer"` // the one that the peers run in
}

func (m machine) String() string {
	return fmt.Sprintf("%d cores, %.1f GiB, %s, Linux %s, %s, DuckDB %s (peers %s)",
		m.Cores, m.MemoryGiB, m.Processor, m.Kernel, m.Go, m.DuckDB, m.Peer)
}

func machineFacts(t tools) (machine, error) {
	m := machine{Cores: runtime.NumCPU(), Go: runtime.Version(), Processor: field("/proc/cpuinfo", "model name")}
	kib, _ := strconv.ParseFloat(strings.TrimSuffix(field("/proc/meminfo", "MemTotal"), " kB"), 64)
	m.MemoryGiB = float64(int(kib/1024/1024*10)) / 10
	if release, err := os.ReadFile("/proc/sys/kernel/osrelease"); err == nil {
		version, _, _ := bytes.Cut(bytes.TrimSpace(release), []byte("-"))
		m.Kernel = string(version)
	}
	bin, err := t.peer("duckdb")
	if err != nil {
		return m, err
	}
	out, err := output(exec.CommandContext(t.ctx, bin+"/python", "-c", "import duckdb; print(duckdb.__version__)"))
	if err != nil {
		return m, err
	}
	m.Peer = strings.TrimSpace(string(out))
	out, err = output(exec.CommandContext(t.ctx, t.smew, "version"))
	m.DuckDB = duckVersion(string(out))
	return m, err
}

// duckVersion finds DuckDB's line in what smew says of its version.
func duckVersion(text string) string {
	for line := range strings.Lines(text) {
		if words := strings.Fields(line); len(words) > 1 && strings.HasPrefix(strings.ToLower(words[0]), "duckdb") {
			return strings.Trim(words[1], ",v")
		}
	}
	return "unknown"
}

// field is the value of the first "key : value" of a file, "" where there is none.
func field(path, key string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if name, value, ok := strings.Cut(lines.Text(), ":"); ok && strings.TrimSpace(name) == key {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
