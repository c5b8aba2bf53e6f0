package main

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"smew/duck"
	"smew/sql"
)

// version is what the program was built from.
type version struct {
	Smew     string `json:"smew"`
	Revision string `json:"revision,omitempty"`
	DuckDB   string `json:"duckdb"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func (a *app) versionCmd() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the versions of smew and DuckDB",
		Example: examples("smew version", "smew version --json"),
		Args:    arguments(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			v, err := readVersion(cmd.Context())
			if err != nil {
				return err
			}
			if a.json {
				return a.printJSON(v)
			}
			own := v.Smew
			if v.Revision != "" {
				own += " (" + v.Revision + ")"
			}
			fmt.Fprintf(a.stdout, "smew %s\nDuckDB %s\n%s %s\n", own, v.DuckDB, v.Go, v.Platform)
			return nil
		},
	}
}

// release and commit are what make dist builds, set by the linker; "": Go's word for it.
var release, commit string

// programVersion is what is known of the program without asking DuckDB.
func programVersion() version {
	v := version{Smew: "(devel)", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	if info, ok := debug.ReadBuildInfo(); ok {
		if info.Main.Version != "" {
			v.Smew = info.Main.Version
		}
		changed := ""
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision":
				v.Revision = s.Value[:min(12, len(s.Value))]
			case s.Key == "vcs.modified" && s.Value == "true":
				changed = ", changed"
			}
		}
		if v.Revision != "" {
			v.Revision += changed
		}
	}
	if release != "" {
		v.Smew, v.Revision = release, commit
	}
	return v
}

func readVersion(ctx context.Context) (version, error) {
	v := programVersion()
	db, err := duck.Open(ctx, "", duck.Options{Confined: true})
	if err != nil {
		return v, err
	}
	defer db.Close()
	err = db.View(ctx, func(tx *duck.Tx) error {
		_, err := tx.Row(ctx, sql.StatusVersion, nil, &v.DuckDB)
		return err
	})
	return v, err
}
