package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"smew/spark"
	"smew/spark/connect"
)

// cluster is what the flags say of a Spark cluster.
type cluster struct {
	connect string
	place   spark.Place
}

func (c *cluster) flags(flags *pflag.FlagSet) {
	flags.StringVar(&c.connect, "connect", "", "the cluster's Connect server, a `remote` such as sc://host:15002 or sc://host:443/;token=…")
	flags.StringVar(&c.place.Catalog, "catalog", "heap", "the Iceberg `catalog`, as the cluster's settings name it")
	flags.StringVar(&c.place.Prefix, "prefix", "", "begin the names of the catalog's databases meta, raw and main with this `text`, such as heap_")
}

// with opens a session for what a command does with it.
func (c *cluster) with(ctx context.Context, do func(spark.Session) error) error {
	if c.connect == "" {
		return &usageError{"--connect is missing", "it names the cluster's Connect server, such as sc://localhost:15002"}
	}
	if err := c.place.Check(); err != nil {
		return &usageError{err.Error(), ""}
	}
	session, err := connect.Open(ctx, c.connect, connect.Options{Client: "smew"})
	if err != nil {
		return err
	}
	return errors.Join(do(session), session.Close())
}

func (a *app) sparkCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "spark",
		Short: "Load a feed on a Spark cluster, into Iceberg tables",
		Long: `Load a feed on a Spark cluster that is there already, into Iceberg tables: for feeds
that outgrow one machine. The rules are those of smew load, and so are the rows.

smew reads each part before the cluster does, and plans; Spark does the rest.`,
		Args: arguments(0),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.sparkLoadCmd(), a.sparkStatusCmd(), a.sparkViewsCmd(), a.sparkMaintainCmd())
	for _, c := range cmd.Commands() {
		c.DisableFlagsInUseLine = true
	}
	return cmd
}

// who says who holds a lock, for people.
func who() string {
	host, err := os.Hostname()
	if err != nil {
		host = "an unknown host"
	}
	return fmt.Sprintf("smew, process %d on %s", os.Getpid(), host)
}
