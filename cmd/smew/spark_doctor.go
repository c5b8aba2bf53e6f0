package main

import (
	"context"

	"github.com/spf13/cobra"

	"smew/doctor"
	"smew/iam"
	"smew/spark"
)

// sparkExamining is what the flags of spark doctor say.
type sparkExamining struct {
	examining
	sparkTarget
}

func (a *app) sparkDoctorCmd() *cobra.Command {
	var e sparkExamining
	cmd := &cobra.Command{
		Use:   "doctor FEED --connect REMOTE",
		Short: "Say whether a feed can be loaded on a cluster, and what to do if not",
		Long: `Look at all that a load depends on, and say of each whether it is ok, works but
should be known (warning), or is wrong, and what to do: the feed as smew doctor does,
read from here; then the cluster, its versions of Spark and Iceberg, its settings, the
databases of the catalog, whether it reads a part of the feed where that lies, who has
the lock, and whether the tables show what the head says.

A table is made in each of the databases that are there, and dropped at once. Nothing
else is written.

Exit code 0: nothing is wrong (there may be warnings), 1: something is.`,
		Example: examples("smew spark doctor s3://my-bucket/data-connect --connect sc://spark:15002",
			"smew spark doctor ./feed --connect sc://localhost:15002 --json"),
		Args: arguments(0, "FEED"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := e.cluster.check(); err != nil {
				return err
			}
			if err := e.checkScheme(); err != nil {
				return err
			}
			e.role = string(iam.Consumer)
			facts, err := e.facts(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if facts.Cluster, err = e.examineCluster(cmd.Context()); err != nil {
				return err
			}
			return a.showExamined(doctorResult{Feed: args[0], Catalog: e.catalogName(), Role: facts.Role, Checks: doctor.Judge(facts)})
		},
	}
	flags := cmd.Flags()
	e.cluster.flags(flags)
	e.schemeFlag(flags)
	e.s3Flags(flags)
	e.mapFlags(flags)
	return cmd
}

// examineCluster asks the cluster. What is wrong there is in the facts: the error is one of usage, or the end of ctx.
func (e *sparkExamining) examineCluster(ctx context.Context) (*doctor.Cluster, error) {
	feed, part := e.feed(e.from), ""
	if e.part != "" {
		part = feed.Root + e.part
	}
	var found spark.Examined
	err := e.with(ctx, e.s3, func(s spark.Session) (err error) {
		found, err = spark.Examine(ctx, s, e.place, part)
		return err
	})
	if isUsage(err) || ctx.Err() != nil {
		return nil, err
	}
	c := &doctor.Cluster{At: e.catalogName(), Err: err, Spark: found.Spark, Iceberg: found.Iceberg, NoIceberg: found.NoIceberg, Catalog: e.place.Catalog,
		Extended: found.Extended, Cached: found.Cached, Part: found.Part, PartErr: found.PartErr, Odd: found.Odd, HeadErr: found.HeadErr, Astray: found.Astray}
	for _, n := range found.Namespaces {
		c.Databases = append(c.Databases, doctor.ClusterDatabase{Name: n.Name, There: n.There, Err: n.Err})
	}
	if l := found.Lock; l != nil {
		if c.Unfinished = l.Unfinished; l.Held {
			c.LockedBy, c.LockedUntil = l.Who, l.Until
		}
	}
	if s := found.State; s != nil {
		c.Loaded = count(len(s.Dumps), "dump") + " of this feed"
		if e.from.Name != "" && s.Feed != "" && s.Feed != e.from.Name {
			c.HeadErr = &spark.MismatchError{Remembered: s.Feed, Given: e.from.Name}
		}
	}
	return c, nil
}
