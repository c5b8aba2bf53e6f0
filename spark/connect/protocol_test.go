package connect

import (
	"archive/zip"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/bufbuild/protocompile"
	"github.com/bufbuild/protocompile/linker"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/testing/protocmp"

	pb "smew/spark/connect/sparkpb"
	"smew/spark/sparktest"
)

// Messages, fields and calls of ours are Spark's own, by name, number, type and cardinality.
func TestProtocol(t *testing.T) {
	official := protocol(t, filepath.Join(sparktest.Tools(t), "home"))
	fields := 0
	var check func(ours, theirs protoreflect.MessageDescriptor)
	check = func(ours, theirs protoreflect.MessageDescriptor) {
		if theirs == nil {
			t.Errorf("Spark has no message %s", ours.FullName())
			return
		}
		for i := range ours.Fields().Len() {
			f := ours.Fields().Get(i)
			fields++
			if got, want := shape(f), shape(theirs.Fields().ByName(f.Name())); got != want {
				t.Errorf("%s is %q, and Spark's %q", f.FullName(), got, want)
			}
		}
		for i := range ours.Messages().Len() {
			m := ours.Messages().Get(i)
			check(m, theirs.Messages().ByName(m.Name()))
		}
		for i := range ours.Enums().Len() {
			e := ours.Enums().Get(i)
			for j := range e.Values().Len() {
				v := e.Values().Get(j)
				if they := theirs.Enums().ByName(e.Name()).Values().ByName(v.Name()); they == nil || they.Number() != v.Number() {
					t.Errorf("%s is %d, and Spark's is another", v.FullName(), v.Number())
				}
			}
		}
	}
	ours := pb.File_spark_connect_sparkpb_sparkpb_proto
	for i := range ours.Messages().Len() {
		m := ours.Messages().Get(i)
		theirs, err := official.FindDescriptorByName(m.FullName())
		if err != nil {
			t.Errorf("find Spark's message %s: %v", m.FullName(), err)
			continue
		}
		check(m, theirs.(protoreflect.MessageDescriptor))
	}
	if fields < 100 {
		t.Errorf("only %d fields were compared", fields)
	}
	service := ours.Services().Get(0)
	theirs, err := official.FindDescriptorByName(service.FullName())
	if err != nil {
		t.Fatal(err)
	}
	for i := range service.Methods().Len() {
		m := service.Methods().Get(i)
		they := theirs.(protoreflect.ServiceDescriptor).Methods().ByName(m.Name())
		if they == nil || they.Input().FullName() != m.Input().FullName() || they.Output().FullName() != m.Output().FullName() || they.IsStreamingServer() != m.IsStreamingServer() {
			t.Errorf("Spark has no call like %s", m.FullName())
		}
	}
}

// shape is what a field is on the wire and in a message.
func shape(f protoreflect.FieldDescriptor) string {
	if f == nil {
		return "missing"
	}
	var words []string
	if oneof := f.ContainingOneof(); oneof != nil {
		words = append(words, "one of", string(oneof.Name()))
	}
	if f.IsMap() {
		words = append(words, "map of", shape(f.MapKey()), shape(f.MapValue()))
	} else if m := f.Message(); m != nil {
		words = append(words, string(m.FullName()))
	} else if e := f.Enum(); e != nil {
		words = append(words, string(e.FullName()))
	}
	return strings.Join(append(words, f.Cardinality().String(), f.Kind().String(), f.TextName(), strconv.Itoa(int(f.Number()))), " ")
}

// protocol compiles the protocol's files that lie in Spark's jar.
func protocol(t *testing.T, home string) linker.Resolver {
	t.Helper()
	jars, err := filepath.Glob(filepath.Join(home, "jars", "spark-connect_*.jar"))
	if err != nil || len(jars) != 1 {
		t.Fatalf("Spark has %d jars of Connect: %v", len(jars), err)
	}
	jar, err := zip.OpenReader(jars[0])
	if err != nil {
		t.Fatal(err)
	}
	defer jar.Close()
	compiler := protocompile.Compiler{Resolver: protocompile.WithStandardImports(&protocompile.SourceResolver{
		Accessor: func(path string) (io.ReadCloser, error) { return jar.Open(path) },
	})}
	files, err := compiler.Compile(t.Context(), "spark/connect/base.proto", "spark/connect/commands.proto", "spark/connect/relations.proto")
	if err != nil {
		t.Fatal(err)
	}
	return files.AsResolver()
}

// The generated code is that of the .proto beside it: `make protocol` was not forgotten.
func TestGenerated(t *testing.T) {
	source, err := os.ReadFile("sparkpb/sparkpb.proto")
	if err != nil {
		t.Fatal(err)
	}
	path := pb.File_spark_connect_sparkpb_sparkpb_proto.Path()
	compiler := protocompile.Compiler{Resolver: &protocompile.SourceResolver{Accessor: protocompile.SourceAccessorFromMap(map[string]string{path: string(source)})}}
	files, err := compiler.Compile(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	generated := protodesc.ToFileDescriptorProto(pb.File_spark_connect_sparkpb_sparkpb_proto)
	if diff := cmp.Diff(protodesc.ToFileDescriptorProto(files[0]), generated, protocmp.Transform()); diff != "" {
		t.Errorf("-source +generated\n%s", diff)
	}
}
