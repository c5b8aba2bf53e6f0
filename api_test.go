package smew_test

import (
	"bytes"
	"flag"
	"go/ast"
	"go/doc"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write testdata/api anew")

const faces = "testdata/api"

// TestFaces holds the exported names of each package against testdata/api, so that a change of what others use is seen.
func TestFaces(t *testing.T) {
	listed := map[string]bool{}
	for _, p := range packages(t) {
		if p.name == "main" || p.folder == "spark/connect/sparkpb" {
			continue // the second is generated
		}
		is := face(t, p.folder)
		path := filepath.Join(faces, strings.ReplaceAll(p.folder, "/", "_")+".txt")
		listed[path] = true
		if *update {
			if err := os.WriteFile(path, []byte(is), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		was, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(was), is); diff != "" {
			t.Errorf("%s (-update writes it anew):\n%s", path, diff)
		}
	}
	there, err := filepath.Glob(faces + "/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range there {
		if !listed[path] {
			t.Errorf("%s is of no package", path)
		}
	}
}

// face lists what a package exports, as Go writes it, without comments.
func face(t *testing.T, folder string) string {
	t.Helper()
	sources, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	set := token.NewFileSet()
	var files []*ast.File
	for _, path := range sources {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	p, err := doc.NewFromFiles(set, files, module+"/"+folder)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	add := func(node ast.Node) {
		if f, ok := node.(*ast.FuncDecl); ok {
			f.Body = nil
		}
		var b bytes.Buffer
		if err := format.Node(&b, token.NewFileSet(), node); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, b.String())
	}
	values := func(all []*doc.Value) {
		for _, v := range all {
			for _, spec := range v.Decl.Specs {
				for _, name := range spec.(*ast.ValueSpec).Names {
					if name.IsExported() {
						lines = append(lines, v.Decl.Tok.String()+" "+name.Name)
					}
				}
			}
		}
	}
	values(p.Consts)
	values(p.Vars)
	for _, f := range p.Funcs {
		add(f.Decl)
	}
	for _, typ := range p.Types {
		add(typ.Decl)
		values(typ.Consts)
		values(typ.Vars)
		for _, f := range append(slices.Clone(typ.Funcs), typ.Methods...) {
			add(f.Decl)
		}
	}
	return strings.Join(lines, "\n") + "\n"
}
