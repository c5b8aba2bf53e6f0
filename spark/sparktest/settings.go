package sparktest

import (
	"fmt"
	"maps"
	"path/filepath"
	"strings"
)

// The first compiler alone: small statements end before the second would pay (docs/spark.md).
// Temporary files go where the cluster's are, as a killed process leaves them.
func javaOptions(dir string) string {
	return "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Djava.io.tmpdir=" + filepath.Join(dir, "tmp")
}

// Spark logs a line a task; what it means to say to us are three of these.
const logging = `rootLogger.level = warn
rootLogger.appenderRef.stderr.ref = console
appender.console.type = Console
appender.console.name = console
appender.console.target = SYSTEM_ERR
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{HH:mm:ss} %p %c{1}: %m%n%ex
logger.master.name = org.apache.spark.deploy.master.Master
logger.master.level = info
logger.worker.name = org.apache.spark.deploy.worker.Worker
logger.worker.level = info
logger.connect.name = org.apache.spark.sql.connect.service.SparkConnectServer
logger.connect.level = info
`

// forTests has files of tables in which a text is found, a server that ends each stream after a second, as it does after two minutes
// if nothing is said, and defaults that many clusters have and Spark has not: a session has its own.
var forTests = map[string]string{
	"spark.sql.sources.partitionOverwriteMode":                              "dynamic",
	"spark.sql.parser.quotedRegexColumnNames":                               "true",
	"spark.sql.catalog.heap.table-default.write.parquet.compression-codec":  "uncompressed",
	"spark.sql.catalog.heap.table-default.write.metadata.compression-codec": "none",
	"spark.connect.execute.reattachable.senderMaxStreamDuration":            "1s",
	"spark.sql.codegen.wholeStage":                                          "false",
	"spark.sql.codegen.factoryMode":                                         "NO_CODEGEN",
}

// settings are those of a driver on the cluster: the catalog, the dialect, and what suits small data.
func settings(dir string, o Options) (map[string]string, error) {
	names := []string{"spark-avro_2.13", "iceberg-spark-runtime", "iceberg-aws-bundle", "hadoop-aws", "s3-transfer-manager", "hadoop-bare-naked-local-fs"}
	var jars []string
	for _, name := range names {
		found, err := filepath.Glob(filepath.Join(o.Tools, "jars", name+"-*.jar"))
		if err != nil || len(found) != 1 {
			return nil, fmt.Errorf("find the jar of %s in %s: there are %d", name, o.Tools, len(found))
		}
		jars = append(jars, found[0])
	}
	// Paths, as all processes see the same disk: spark.jars would copy each jar to each executor.
	path := strings.Join(jars, ":")
	conf := map[string]string{
		"spark.driver.extraClassPath":            path,
		"spark.executor.extraClassPath":          path,
		"spark.driver.extraJavaOptions":          javaOptions(dir),
		"spark.executor.extraJavaOptions":        javaOptions(dir),
		"spark.driver.memory":                    "1g",
		"spark.executor.memory":                  "768m",
		"spark.executor.cores":                   "1",
		"spark.cores.max":                        "2", // the workers have as many again for a driver that is handed in beside
		"spark.ui.enabled":                       "false",
		"spark.sql.shuffle.partitions":           "2",
		"spark.sql.session.timeZone":             "UTC",
		"spark.sql.ansi.enabled":                 "true",
		"spark.sql.extensions":                   "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
		"spark.sql.catalog.heap":                 "org.apache.iceberg.spark.SparkCatalog",
		"spark.sql.catalog.heap.type":            "hadoop",
		"spark.sql.catalog.heap.warehouse":       "file://" + filepath.Join(dir, "warehouse"),
		"spark.sql.catalog.heap.cache-enabled":   "false",
		"spark.sql.ansi.doubleQuotedIdentifiers": "true",
		// Hadoop's own starts a program for each file it makes, to set permissions.
		"spark.hadoop.fs.file.impl": "com.globalmentor.apache.hadoop.fs.BareLocalFileSystem",
	}
	if o.Tests {
		maps.Copy(conf, forTests)
	}
	maps.Copy(conf, o.Conf)
	return conf, nil
}
