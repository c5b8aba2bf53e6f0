package smew_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "smew"

// mayImport is the import table: which packages of ours each folder may import, tests apart.
// A folder that is not here is either new, and its line is missing, or should not be.
var mayImport = map[string][]string{
	"bucket":                {},
	"bucket/buckettest":     {"bucket"},
	"bucket/faultproxy":     {},
	"bucket/s3test":         {"bucket"},
	"feed":                  {},
	"plan":                  {"feed"},
	"manifests":             {"bucket", "feed", "plan"},
	"stage":                 {"bucket"},
	"avro":                  {},
	"avro/avrotest":         {},
	"duck":                  {"avro", "sql"},
	"sql":                   {},
	"resolve":               {"duck", "sql"},
	"dedupe":                {"avro", "duck", "sql"},
	"erase":                 {"duck", "export", "sql"},
	"define":                {"feed"},
	"define/definetest":     {"define"},
	"ask":                   {"duck", "sql"},
	"views":                 {"define", "duck", "feed", "plan", "sql"},
	"loader":                {"ask", "avro", "bucket", "dedupe", "define", "duck", "erase", "export", "feed", "manifests", "plan", "resolve", "sql", "stage", "views"},
	"spark":                 {"avro", "bucket", "define", "erase", "feed", "manifests", "plan", "sql", "stage", "verify"},
	"export":                {"bucket", "duck", "section", "sql"},
	"loader/oracle":         {"answer"},
	"answer":                {"define", "duck", "feed", "sql"}, // it judges the others, so it shares none of their code; of define it takes the interpreter
	"produce":               {"answer", "avro", "bucket", "duck", "feed", "plan", "sql"},
	"produce/producetest":   {"produce"},
	"verify":                {"avro", "bucket", "duck", "feed", "manifests", "plan", "resolve", "sql", "stage", "views"},
	"poll":                  {},
	"iam":                   {},
	"doctor":                {"bucket", "iam"},
	"sample":                {},
	"section":               {},
	"alert":                 {"section"},
	"web":                   {}, // it is given functions
	"spark/connect":         {"spark/connect/sparkpb", "spark/driver"},
	"spark/connect/sparkpb": {},
	"spark/driver":          {},
	"spark/submit":          {"bucket", "spark/driver"},
	"spark/sparktest":       {"bucket/s3test"},
	"spark/sparktest/local": {"spark/sparktest"},
	"examples/load":         {"bucket", "loader", "plan"},
	"examples/produce":      {"answer", "bucket", "produce"},
	"examples/judge":        {"answer", "duck"},
}

// anything may import everything: the place where all is wired together.
func anything(folder string) bool { return folder == "cmd" || strings.HasPrefix(folder, "cmd/") }

// foreign are packages of others that only the named folders may import.
var foreign = map[string][]string{
	"database/sql":           {"duck"},
	"github.com/duckdb":      {"duck"},
	"github.com/aws":         {"bucket", "bucket/s3test", "spark/submit"},
	"github.com/spf13/cobra": {"cmd"},
	"github.com/wneessen":    {"alert"},
	"google.golang.org":      {"spark/connect", "spark/connect/sparkpb"},
	"github.com/coreos":      {"cmd"},           // it reads the environment
	"github.com/linkedin":    {"loader/oracle"}, // reader and writer are held against goavro, not made of it
	"testing":                {"bucket/buckettest", "bucket/s3test", "sample", "spark/sparktest"},
}

// forbidden names say nothing about what a package holds.
var forbidden = []string{"util", "utils", "common", "models", "types", "helpers"}

// goPackage is a folder with Go files that are no tests.
type goPackage struct {
	folder  string
	name    string
	imports []string
	env     []string // where it reads the environment
}

func packages(t *testing.T) []goPackage {
	t.Helper()
	found := map[string]*goPackage{}
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		file = filepath.ToSlash(file)
		if d.IsDir() {
			hidden := file != "." && strings.ContainsAny(path.Base(file)[:1], "._")
			apart := file == "tools" || file == "bench" // modules of their own
			if hidden || path.Base(file) == "testdata" || apart {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		return read(file, found)
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) < 10 {
		t.Fatalf("only %d packages found: the test looks in the wrong place", len(found))
	}
	return slices.SortedFunc(func(yield func(goPackage) bool) {
		for _, p := range found {
			if !yield(*p) {
				return
			}
		}
	}, func(a, b goPackage) int { return strings.Compare(a.folder, b.folder) })
}

func read(file string, found map[string]*goPackage) error {
	set := token.NewFileSet()
	parsed, err := parser.ParseFile(set, file, nil, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	folder := path.Dir(file)
	p := found[folder]
	if p == nil {
		p = &goPackage{folder: folder, name: parsed.Name.Name}
		found[folder] = p
	}
	for _, spec := range parsed.Imports {
		name, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return err
		}
		p.imports = append(p.imports, name)
	}
	ast.Inspect(parsed, func(n ast.Node) bool {
		s, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := s.X.(*ast.Ident); ok && x.Name == "os" && slices.Contains([]string{"Getenv", "LookupEnv", "Environ", "ExpandEnv"}, s.Sel.Name) {
			p.env = append(p.env, set.Position(s.Pos()).String())
		}
		return true
	})
	return nil
}

func under(folder, root string) bool { return folder == root || strings.HasPrefix(folder, root+"/") }

func TestImportTable(t *testing.T) {
	present := map[string]bool{}
	for _, p := range packages(t) {
		present[p.folder] = true
		if anything(p.folder) {
			continue
		}
		allowed, ok := mayImport[p.folder]
		if !ok {
			t.Errorf("package %s has no line in the import table", p.folder)
			continue
		}
		for _, name := range p.imports {
			own, ok := strings.CutPrefix(name, module+"/")
			if ok && !slices.Contains(allowed, own) {
				t.Errorf("%s imports %s, which the import table does not allow", p.folder, own)
			}
		}
		for _, own := range allowed {
			if !slices.Contains(p.imports, module+"/"+own) {
				t.Errorf("%s does not import %s, which the import table allows", p.folder, own)
			}
		}
	}
	// A line for a folder that holds no package must not stay behind.
	for _, folder := range slices.Sorted(maps.Keys(mayImport)) {
		if !present[folder] {
			t.Errorf("the import table has a line for %s, which is no package", folder)
		}
	}
}

// TestArchitecture holds the imports that ARCHITECTURE.md tells of against the table.
func TestArchitecture(t *testing.T) {
	text, err := os.ReadFile("ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.TrimSpace(line), "|")
		if len(cells) != 5 {
			continue
		}
		folder := strings.Trim(cells[1], " `")
		allowed, ok := mayImport[folder]
		if !ok {
			continue
		}
		rows++
		allowed = slices.DeleteFunc(slices.Clone(allowed), func(own string) bool { return under(own, folder) }) // what a folder holds its row tells
		if told := strings.Fields(strings.ReplaceAll(cells[3], "–", "")); !slices.Equal(told, allowed) {
			t.Errorf("%s imports %v, and ARCHITECTURE.md says %v", cells[1], allowed, told)
		}
	}
	if rows < 20 {
		t.Errorf("only %d rows were found", rows)
	}
}

func TestForeignImports(t *testing.T) {
	for _, p := range packages(t) {
		for _, name := range p.imports {
			for prefix, folders := range foreign {
				inside := name == prefix || strings.HasPrefix(name, strings.TrimSuffix(prefix, "/")+"/")
				if inside && !slices.ContainsFunc(folders, func(f string) bool { return p.folder == f || f == "cmd" && under(p.folder, f) }) {
					t.Errorf("%s imports %s, which is left to %v", p.folder, name, folders)
				}
			}
		}
	}
}

func TestPackageNames(t *testing.T) {
	for _, p := range packages(t) {
		if slices.Contains(forbidden, p.name) || slices.Contains(forbidden, path.Base(p.folder)) {
			t.Errorf("package %s: its name says nothing", p.folder)
		}
		if p.name != path.Base(p.folder) && p.name != "main" {
			t.Errorf("package %s lies in %s", p.name, p.folder)
		}
	}
}

func TestEnvironmentIsReadInCommandsOnly(t *testing.T) {
	for _, p := range packages(t) {
		if anything(p.folder) || p.folder == "bucket/s3test" || p.folder == "sample" || under(p.folder, "spark/sparktest") {
			continue
		}
		for _, place := range p.env {
			t.Errorf("%s reads the environment, which only commands do", place)
		}
	}
}
