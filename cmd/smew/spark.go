package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"smew/bucket"
	"smew/spark"
	"smew/spark/connect"
)

// cluster is what the flags say of a Spark cluster.
type cluster struct {
	connect   string
	submitted submitted
	place     spark.Place
}

func (c *cluster) flags(flags *pflag.FlagSet) {
	flags.StringVar(&c.connect, "connect", "", "the cluster's Connect server, a `remote` such as sc://host:15002 or sc://host:443/;token=…")
	c.submitted.flags(flags)
	flags.StringVar(&c.place.Catalog, "catalog", "heap", "the Iceberg `catalog`, as the cluster's settings name it")
	flags.StringVar(&c.place.Prefix, "prefix", "", "begin the names of the catalog's databases meta, raw and main with this `text`, such as heap_")
}

// check refuses what names no cluster, or two.
func (c *cluster) check() error {
	if c.connect == "" && !c.submitted.asked() {
		return &usageError{"--connect is missing", "it names the cluster's Connect server, such as sc://localhost:15002; --submit and --emr-application do without one"}
	}
	if c.connect != "" && c.submitted.asked() {
		return &usageError{"--connect is there, and so is a driver to hand in", "leave out one of them"}
	}
	if c.connect != "" {
		if _, err := connect.ParseAddress(c.connect); err != nil {
			return &usageError{err.Error(), "an address is sc://host:15002, or sc://host:443/;token=…: docs/spark-clusters.md has its parameters"}
		}
	}
	if err := c.place.Check(); err != nil {
		return &usageError{err.Error(), ""}
	}
	return nil
}

// with opens a session for what a command does with it. What a submitted driver exchanges with it goes the way of config.
func (c *cluster) with(ctx context.Context, config bucket.S3Config, do func(spark.Session) error) error {
	if err := c.check(); err != nil {
		return err
	}
	session, err := c.session(ctx, config)
	if err != nil {
		return err
	}
	return errors.Join(do(session), session.Close())
}

// session begins one, over Spark Connect or with a driver that is handed in.
func (c *cluster) session(ctx context.Context, config bucket.S3Config) (spark.Session, error) {
	if c.submitted.asked() {
		if err := c.submitted.check(); err != nil {
			return nil, err
		}
		return c.submitted.open(ctx, config)
	}
	return connect.Open(ctx, c.connect, connect.Options{Client: "smew"})
}

func (a *app) sparkCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "spark",
		Short: "Load a feed on a Spark cluster, into Iceberg tables",
		Long: `Load a feed on a Spark cluster that is there already, into Iceberg tables: for feeds
that outgrow one machine. The rules are those of smew load, and so are the rows.

smew reads each part before the cluster does, and plans; Spark does the rest.`,
		Args: onlyCommands,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.sparkLoadCmd(), a.sparkStatusCmd(), a.sparkDoctorCmd(), a.sparkVerifyCmd(), a.sparkCheckCmd(), a.sparkViewsCmd(), a.sparkEraseCmd(), a.sparkMaintainCmd())
	for _, c := range cmd.Commands() {
		c.DisableFlagsInUseLine = true
	}
	return cmd
}

// holdsLock says who holds a lock, for people.
func holdsLock() string {
	host, err := os.Hostname()
	if err != nil {
		host = "an unknown host"
	}
	return fmt.Sprintf("smew, process %d on %s", os.Getpid(), host)
}
