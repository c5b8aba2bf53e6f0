package submit

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/emrserverless"
	"github.com/aws/aws-sdk-go-v2/service/emrserverless/types"
	"github.com/google/uuid"

	"smew/bucket"
)

// EMRClient reaches EMR Serverless as the machine's AWS set-up says; "" is what that says of region and profile.
func EMRClient(ctx context.Context, region, profile string) (*emrserverless.Client, error) {
	// A plain http.Client would make the SDK fail where AWS_CA_BUNDLE is set.
	options := []func(*config.LoadOptions) error{config.WithHTTPClient(awshttp.NewBuildableClient().WithTransportOptions(
		func(t *http.Transport) { t.ResponseHeaderTimeout = time.Minute }))}
	if region != "" {
		options = append(options, config.WithRegion(region))
	}
	if profile != "" {
		options = append(options, config.WithSharedConfigProfile(profile))
	}
	c, err := config.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return nil, fmt.Errorf("read the AWS set-up: %w", err)
	}
	return emrserverless.NewFromConfig(c), nil
}

// EMR is a job run of an application of EMR Serverless.
type EMR struct {
	Client      *emrserverless.Client
	Application string        // id
	Role        string        // ARN of the role that the job has
	Spark       string        // options of spark-submit: "--conf key=value …"
	Name        string        // of the job run, as the console shows it
	Timeout     time.Duration // after which EMR ends the job; 0: EMR's own, 12 hours
	Pause       time.Duration // how often EMR, which limits that, is asked for the state; 0: every 5 seconds
	Box         Box           // where its logs go, below logs/

	run  string
	last time.Time // when the state was asked for
	end  error
}

// Start hands the job in. It waits for EMR's answer also where ctx ends meanwhile: a job whose id is not known could not be cancelled.
func (e *EMR) Start(ctx context.Context, file string, args ...string) error {
	in := &emrserverless.StartJobRunInput{
		ApplicationId: &e.Application, ExecutionRoleArn: &e.Role, ClientToken: aws.String(uuid.NewString()), Name: &e.Name,
		JobDriver: &types.JobDriverMemberSparkSubmit{Value: types.SparkSubmit{
			EntryPoint: &file, EntryPointArguments: args, SparkSubmitParameters: &e.Spark,
		}},
		ConfigurationOverrides: &types.ConfigurationOverrides{MonitoringConfiguration: &types.MonitoringConfiguration{
			S3MonitoringConfiguration: &types.S3MonitoringConfiguration{LogUri: aws.String(e.Box.Root + "logs/")},
		}},
	}
	if e.Timeout > 0 {
		in.ExecutionTimeoutMinutes = aws.Int64(int64((e.Timeout + time.Minute - 1) / time.Minute))
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Minute)
	defer cancel()
	out, err := e.Client.StartJobRun(ctx, in)
	if err != nil {
		return fmt.Errorf("start a job run of EMR Serverless application %s: %w", e.Application, err)
	}
	e.run = aws.ToString(out.JobRunId)
	return nil
}

// Ended asks for the job's state, at most every few seconds. What EMR cannot be asked for a moment does not end the job.
func (e *EMR) Ended(ctx context.Context) error {
	pause := e.Pause
	if pause == 0 {
		pause = 5 * time.Second
	}
	if e.end != nil || time.Since(e.last) < pause {
		return e.end
	}
	e.last = time.Now()
	out, err := e.Client.GetJobRun(ctx, &emrserverless.GetJobRunInput{ApplicationId: &e.Application, JobRunId: &e.run})
	var gone *types.ResourceNotFoundException
	switch {
	case errors.As(err, &gone):
		e.end = fmt.Errorf("look at job run %s: %w", e.run, err)
	case err != nil || out.JobRun == nil:
		return nil
	default:
		how, ended := ending(out.JobRun.State, aws.ToString(out.JobRun.StateDetails))
		if ended {
			e.end = &EndedError{"EMR Serverless job run " + e.run, how, e.logs(ctx)}
		}
	}
	return e.end
}

// ending says whether a state is a last one, and how it is told.
func ending(state types.JobRunState, details string) (how string, ended bool) {
	switch state {
	case types.JobRunStateSuccess, types.JobRunStateFailed, types.JobRunStateCancelled:
	default:
		return "", false
	}
	if details == "" {
		return string(state), true
	}
	return string(state) + ", " + details, true
}

// logs returns the end of what the driver wrote to stderr, or where it will be: EMR brings it there some time after the end.
func (e *EMR) logs(ctx context.Context) string {
	key := "logs/applications/" + e.Application + "/jobs/" + e.run + "/SPARK_DRIVER/stderr.gz"
	said, err := e.read(ctx, e.Box.Prefix+key)
	if errors.Is(err, fs.ErrNotExist) {
		return "see " + e.Box.Root + key
	}
	if err != nil {
		return fmt.Sprintf("see %s%s (%v)", e.Box.Root, key, err)
	}
	return said
}

func (e *EMR) read(ctx context.Context, key string) (string, error) {
	o, err := bucket.Stat(ctx, e.Box.Bucket, key)
	if err != nil {
		return "", err
	}
	r, err := e.Box.Bucket.Open(ctx, o)
	if err != nil {
		return "", err
	}
	defer r.Close()
	z, err := gzip.NewReader(r)
	if err != nil {
		return "", err
	}
	var t tail
	if _, err := io.Copy(&t, z); err != nil {
		return "", err
	}
	return t.String(), nil
}

// Stop cancels the job run, if it has not ended.
func (e *EMR) Stop(ctx context.Context) error {
	if e.end != nil || e.run == "" {
		return nil
	}
	_, err := e.Client.CancelJobRun(ctx, &emrserverless.CancelJobRunInput{ApplicationId: &e.Application, JobRunId: &e.run})
	if err != nil {
		return fmt.Errorf("cancel job run %s: %w", e.run, err)
	}
	return nil
}
