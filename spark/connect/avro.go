package connect

import (
	"context"

	"github.com/cenkalti/backoff/v5"

	pb "smew/spark/connect/sparkpb"
	"smew/spark/driver"
)

// Avro makes the temporary view of exactly these Avro files, or puts it in the place of one. All files must have one schema:
// Spark takes the first one's. Each file is read by one task from its first row to its last.
func (s *Session) Avro(ctx context.Context, view string, files []string) error {
	return driver.InView(view, files, s.avro(ctx, view, files))
}

func (s *Session) avro(ctx context.Context, view string, files []string) error {
	paths, err := driver.Paths(files)
	if err != nil {
		return err
	}
	format := "avro"
	source := &pb.Read_DataSource{Format: &format, Options: driver.AvroOptions(), Paths: paths}
	err = s.execute(ctx, &pb.Plan{OpType: &pb.Plan_Command{Command: &pb.Command{CommandType: &pb.Command_CreateDataframeView{
		CreateDataframeView: &pb.CreateDataFrameViewCommand{Name: view, Replace: true,
			Input: &pb.Relation{RelType: &pb.Relation_Read{Read: &pb.Read{ReadType: &pb.Read_DataSource_{DataSource: source}}}}},
	}}}}, func(*pb.ExecutePlanResponse) error { return nil })
	if err != nil {
		return err
	}
	question := &pb.AnalyzePlanRequest{Analyze: &pb.AnalyzePlanRequest_InputFiles_{InputFiles: &pb.AnalyzePlanRequest_InputFiles{
		Plan: &pb.Plan{OpType: &pb.Plan_Root{Root: &pb.Relation{RelType: &pb.Relation_Sql{Sql: &pb.SQL{Query: "SELECT * FROM " + view}}}}}}}}
	answer, err := again(ctx, func() (*pb.AnalyzePlanResponse, error) { return s.analyze(ctx, question) }, backoff.WithMaxElapsedTime(s.patience))
	if err != nil {
		return s.fault(ctx, err)
	}
	return driver.Complete(files, answer.GetInputFiles().GetFiles())
}
