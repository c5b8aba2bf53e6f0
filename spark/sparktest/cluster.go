// Package sparktest runs a real Spark cluster with Iceberg: a master, two workers and a Connect server,
// each a process of its own, on this machine.
package sparktest

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Options of a cluster. The zero value has an Iceberg catalog `heap` in a folder of its own.
type Options struct {
	Tools string            // folder that `make spark-tools` filled
	S3    *S3               // a server that s3a:// leads to, if any
	Conf  map[string]string // settings of the driver, added to those below or instead of them

	NoConnect bool // start no Connect server
}

// S3 is a server in S3's manner.
type S3 struct {
	Endpoint, Region, AccessKey, SecretKey string
}

// Cluster is a running cluster. All its processes end with Stop, or when the process that launched it ends in any way.
type Cluster struct {
	Master string // "spark://127.0.0.1:port"
	Remote string // "sc://127.0.0.1:port", which stays the same when the Connect server is started again
	Home   string // Spark's own folder
	Dir    string // its files: logs, and the catalog in `warehouse`

	port    string // of the Connect server, "0" before it has one
	conf    map[string]string
	without bool // a Connect server
	group   *group
	connect *process
}

// patience is how long a process may take until it is ready; on a busy machine a JVM takes its time.
const patience = 3 * time.Minute

// Launch starts a cluster whose files lie in dir, an absolute path. Java's options and memory are those of small data.
func Launch(dir string, o Options) (*Cluster, error) {
	home, err := filepath.EvalSymlinks(filepath.Join(o.Tools, "home"))
	if err != nil {
		return nil, fmt.Errorf("find Spark: %w", err)
	}
	c := &Cluster{Home: home, Dir: dir, port: "0", without: o.NoConnect}
	if c.conf, err = settings(dir, o); err != nil {
		return nil, err
	}
	for name, text := range map[string]string{"conf/log4j2.properties": logging, "warehouse/.keep": "", "tmp/.keep": ""} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return nil, err
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return nil, err
		}
	}
	if c.group, err = newGroup(dir); err != nil {
		return nil, err
	}
	if err := c.launch(); err != nil {
		c.Stop()
		return nil, err
	}
	return c, nil
}

func (c *Cluster) launch() error {
	daemon := append(c.Env(), "SPARK_DAEMON_MEMORY=192m", "SPARK_DAEMON_JAVA_OPTS="+javaOptions(c.Dir)+" -Dspark.master.rest.enabled=false")
	class := filepath.Join(c.Home, "bin", "spark-class")
	master, err := c.group.start("master", daemon, class, "org.apache.spark.deploy.master.Master",
		"--host", "127.0.0.1", "--port", "0", "--webui-port", "0")
	if err != nil {
		return err
	}
	if c.Master, err = master.await(regexp.MustCompile(`spark://127\.0\.0\.1:\d+`)); err != nil {
		return err
	}
	var workers []*process
	for _, name := range []string{"worker1", "worker2"} {
		w, err := c.group.start(name, daemon, class, "org.apache.spark.deploy.worker.Worker", "--host", "127.0.0.1",
			"--webui-port", "0", "--cores", "1", "--memory", "1g", "--work-dir", filepath.Join(c.Dir, name), c.Master)
		if err != nil {
			return err
		}
		workers = append(workers, w)
	}
	if !c.without { // it can wait for the workers by itself
		if c.connect, err = c.beginConnect(); err != nil {
			return err
		}
	}
	for _, w := range workers {
		if _, err := w.await(regexp.MustCompile(`Successfully registered with master`)); err != nil {
			return err
		}
	}
	if c.without {
		return nil
	}
	return c.awaitConnect()
}

// StartConnect starts the Connect server again, after StopConnect or KillConnect.
func (c *Cluster) StartConnect() error {
	if c.connect != nil {
		return errors.New("start the Connect server: it runs")
	}
	var err error
	if c.connect, err = c.beginConnect(); err != nil {
		return err
	}
	return c.awaitConnect()
}

func (c *Cluster) beginConnect() (*process, error) {
	args := append(c.Submit(), "--class", "org.apache.spark.sql.connect.service.SparkConnectServer",
		"--conf", "spark.connect.grpc.binding.address=127.0.0.1", "--conf", "spark.connect.grpc.binding.port="+c.port, "spark-internal")
	return c.group.start("connect", c.Env(), filepath.Join(c.Home, "bin", "spark-submit"), args...)
}

func (c *Cluster) awaitConnect() error {
	said, err := c.connect.await(regexp.MustCompile(`Spark Connect server started at: \S+:\d+`))
	if err != nil {
		c.connect = nil
		return err
	}
	c.port = said[strings.LastIndex(said, ":")+1:]
	c.Remote = "sc://127.0.0.1:" + c.port
	return nil
}

// KillConnect kills the Connect server, which is the driver, with SIGKILL. Its executors end by themselves.
func (c *Cluster) KillConnect() error {
	if c.connect == nil {
		return errors.New("kill the Connect server: it does not run")
	}
	c.connect.kill()
	c.connect = nil
	return nil
}

// KillExecutor kills one executor with SIGKILL, as soon as there is one; its worker starts another.
func (c *Cluster) KillExecutor() error {
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		killed, err := c.group.killOne("CoarseGrainedExecutorBackend")
		if err != nil || killed {
			return err
		}
	}
	return errors.New("kill an executor: there is none")
}

// Log returns the end of what a process said: master, worker1, worker2 or connect.
func (c *Cluster) Log(name string) string { return c.group.tail(name) }

// Stop ends all processes. It leaves the files.
func (c *Cluster) Stop() { c.group.stop() }

// Submit returns the arguments of spark-submit that run a driver on this cluster, with the same settings.
func (c *Cluster) Submit() []string {
	args := []string{"--master", c.Master}
	for _, key := range slices.Sorted(maps.Keys(c.conf)) {
		args = append(args, "--conf", key+"="+c.conf[key])
	}
	return args
}

// Env returns the environment of Spark's programs.
func (c *Cluster) Env() []string {
	env := slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, "SPARK_") || strings.HasPrefix(v, "PYSPARK_") || strings.HasPrefix(v, "PYTHONPATH=")
	})
	python := filepath.Join(c.Home, "..", "..", "..", "..", "bin", "python")
	return append(env, "SPARK_HOME="+c.Home, "SPARK_CONF_DIR="+filepath.Join(c.Dir, "conf"), "SPARK_LOCAL_IP=127.0.0.1",
		"SPARK_LOCAL_DIRS="+filepath.Join(c.Dir, "local"), "PYSPARK_PYTHON="+filepath.Clean(python))
}
