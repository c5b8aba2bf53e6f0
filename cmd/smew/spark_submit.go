package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/pflag"

	"smew/bucket"
	"smew/spark/submit"
)

// submitted is what the flags say of a driver that is handed in as a job.
type submitted struct {
	exchange             string // folder
	command              string // spark-submit
	application          string // of EMR Serverless
	role, options, limit string
	emrRegion            string
}

func (s *submitted) flags(flags *pflag.FlagSet) {
	flags.StringVar(&s.command, "submit", "", "hand a driver in by this `command`, such as \"spark-submit --master yarn\", instead of --connect")
	flags.StringVar(&s.application, "emr-application", "", "hand a driver in as a job run of this application of EMR Serverless, an `id`, instead of --connect")
	flags.StringVar(&s.role, "emr-role", "", "the `ARN` of the job run's role")
	flags.StringVar(&s.options, "emr-options", "", "`options` of spark-submit for the job run, such as \"--conf spark.executor.instances=8\"")
	flags.StringVar(&s.limit, "emr-limit", "", "a `time` after which EMR ends the job run (default: EMR's, 12h)")
	flags.StringVar(&s.emrRegion, "emr-region", "", "`region` of the application (default: what the AWS set-up says)")
	flags.StringVar(&s.exchange, "exchange", "", "a `folder`, or s3://bucket/prefix, through which smew and a driver that was handed in talk (default: --scratch, where there is one)")
}

// asked says whether there is a driver to be handed in.
func (s *submitted) asked() bool { return s.command != "" || s.application != "" }

func (s *submitted) check() error {
	switch {
	case s.command != "" && s.application != "":
		return &usageError{"--submit and --emr-application are both there", "one of them hands the driver in"}
	case s.exchange == "":
		return &usageError{"--exchange is missing", "a driver that is handed in reads there what it is asked for, and answers there"}
	case s.application != "" && s.role == "":
		return &usageError{"--emr-role is missing", "a job run of EMR Serverless needs a role (docs/spark.md)"}
	}
	return nil
}

// open hands the driver in and waits for it.
func (s *submitted) open(ctx context.Context, config bucket.S3Config) (*submit.Session, error) {
	box, err := s.box(ctx, config)
	if err != nil {
		return nil, err
	}
	if s.command != "" {
		// The shell knows what the user's quotes mean.
		job := &submit.Local{Command: []string{"sh", "-c", s.command + ` "$@"`, "sh"}}
		return submit.Open(ctx, job, box, submit.Options{})
	}
	client, err := submit.EMRClient(ctx, s.emrRegion, config.Profile)
	if err != nil {
		return nil, err
	}
	job := &submit.EMR{Client: client, Application: s.application, Role: s.role, Spark: s.options, Name: "smew", Box: box}
	if s.limit != "" {
		if job.Timeout, err = time.ParseDuration(s.limit); err != nil || job.Timeout <= 0 {
			return nil, &usageError{fmt.Sprintf("--emr-limit is %q", s.limit), "it is a time, such as 2h"}
		}
	}
	return submit.Open(ctx, job, box, submit.Options{})
}

// box is the folder in which both write.
func (s *submitted) box(ctx context.Context, config bucket.S3Config) (submit.Box, error) {
	at, err := bucket.ParseLocation(s.exchange)
	if err != nil {
		return submit.Box{}, &usageError{err.Error(), ""}
	}
	scheme := "s3a"
	if s.application != "" {
		if scheme = "s3"; at.Dir != "" {
			return submit.Box{}, &usageError{"--exchange is a folder of this machine", "EMR Serverless reaches s3://bucket/prefix"}
		}
	}
	opened, err := bucket.Open(ctx, at, config)
	if err != nil {
		return submit.Box{}, err
	}
	if at.Dir == "" {
		return submit.Box{Bucket: opened, Prefix: at.Prefix, Root: scheme + "://" + at.Bucket + "/" + at.Prefix}, nil
	}
	dir, err := realPath(at.Dir)
	return submit.Box{Bucket: opened, Root: "file://" + dir + "/"}, err
}
