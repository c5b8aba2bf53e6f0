package produce

import (
	"embed"
	"io/fs"
	"path"
	"strings"
)

// Files of property definitions; vendor.json stands for a format that is not ours.
//
//go:embed definitions/*.json
var definitionsFiles embed.FS

const (
	noDefinitions = "none"   // a file that defines nothing
	noFile        = "absent" // the manifest names no file
)

// DefinitionsNames are the property definitions that a scenario can name: files of our own format,
// "vendor", which is none that we know, and "absent", for manifests that name none.
func DefinitionsNames() []string {
	entries, _ := fs.ReadDir(definitionsFiles, "definitions")
	var out []string
	for _, e := range entries {
		out = append(out, strings.TrimSuffix(e.Name(), ".json"))
	}
	return append(out, noFile)
}

func definitionsText(name string) ([]byte, error) {
	return definitionsFiles.ReadFile(path.Join("definitions", name+".json"))
}
