package connect

import (
	"context"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	pb "smew/spark/connect/sparkpb"
)

// Avro makes the temporary view of exactly these Avro files, or puts it in the place of one. All files must have one schema:
// Spark takes the first one's. Each file is read by one task from its first row to its last.
func (s *Session) Avro(ctx context.Context, view string, files []string) error {
	if err := s.avro(ctx, view, files); err != nil {
		return fmt.Errorf("make view %s of %d files: %w", view, len(files), err)
	}
	return nil
}

func (s *Session) avro(ctx context.Context, view string, files []string) error {
	if len(files) == 0 {
		return fmt.Errorf("there are no files")
	}
	sorted := slices.Sorted(slices.Values(files))
	for i := range sorted[1:] {
		if sorted[i] == sorted[i+1] {
			return fmt.Errorf("file %q is listed twice", sorted[i])
		}
	}
	format := "avro"
	source := &pb.Read_DataSource{Format: &format, Options: map[string]string{
		"ignoreMissingFiles": "false", "ignoreCorruptFiles": "false",
		"recursiveFileLookup": "true", // no columns out of the names of folders
	}}
	for _, f := range files {
		source.Paths = append(source.Paths, literal(f))
	}
	err := s.execute(ctx, &pb.Plan{OpType: &pb.Plan_Command{Command: &pb.Command{CommandType: &pb.Command_CreateDataframeView{
		CreateDataframeView: &pb.CreateDataFrameViewCommand{Name: view, Replace: true,
			Input: &pb.Relation{RelType: &pb.Relation_Read{Read: &pb.Read{ReadType: &pb.Read_DataSource_{DataSource: source}}}}},
	}}}}, func(*pb.ExecutePlanResponse) error { return nil })
	if err != nil {
		return err
	}
	return s.complete(ctx, view, files)
}

// complete makes sure that a view reads all files: Spark leaves out those whose names begin with _ or a dot, and says nothing.
func (s *Session) complete(ctx context.Context, view string, files []string) error {
	answer, err := s.analyze(ctx, &pb.AnalyzePlanRequest{Analyze: &pb.AnalyzePlanRequest_InputFiles_{InputFiles: &pb.AnalyzePlanRequest_InputFiles{
		Plan: &pb.Plan{OpType: &pb.Plan_Root{Root: &pb.Relation{RelType: &pb.Relation_Sql{Sql: &pb.SQL{Query: "SELECT * FROM " + view}}}}}}}})
	if err != nil {
		return s.fault(ctx, err)
	}
	read := answer.GetInputFiles().GetFiles()
	if len(read) == len(files) {
		return nil
	}
	names := map[string]bool{}
	for _, f := range read {
		if name, err := url.PathUnescape(path.Base(f)); err == nil {
			names[name] = true
		}
	}
	for _, f := range files {
		if !names[path.Base(f)] {
			return fmt.Errorf("Spark does not read file %q", f)
		}
	}
	return fmt.Errorf("Spark reads %d files", len(read))
}

// literal keeps a path from being taken for a pattern.
func literal(file string) string {
	return strings.NewReplacer(`\`, `\\`, "{", `\{`, "}", `\}`, "[", `\[`, "]", `\]`, "*", `\*`, "?", `\?`).Replace(file)
}
