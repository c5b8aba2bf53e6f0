// Package sparktest runs a real Spark cluster with Iceberg: a master, two workers and a Connect server,
// each a process of its own, on this machine.
package sparktest

import (
	"encoding/json"
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
	Conf  map[string]string // settings of the driver, added to those of small data or instead of them
	Tests bool              // with the settings that Start's clusters have
}

// Cluster is a running cluster. All its processes end with Stop, or when the process that launched it ends in any way.
type Cluster struct {
	Master string // "spark://127.0.0.1:port"
	Remote string // "sc://127.0.0.1:port", which stays the same when the Connect server is started again
	Home   string // Spark's own folder
	Dir    string // its files: logs, and the catalog in `warehouse`

	conf  map[string]string
	group *group
}

// handed is what another process has to know of a cluster to use it as its own.
type handed struct {
	Master, Remote, Home string
	Conf                 map[string]string
	Group                int
}

const handedFile = "cluster.json"

// patience is how long a process may take until it is ready; on a busy machine a JVM takes its time.
const patience = 3 * time.Minute

// Launch starts a cluster whose files lie in dir, an absolute path. Java's options and memory are those of small data.
func Launch(dir string, o Options) (*Cluster, error) {
	home, err := filepath.EvalSymlinks(filepath.Join(o.Tools, "home"))
	if err != nil {
		return nil, fmt.Errorf("find Spark: %w", err)
	}
	c := &Cluster{Home: home, Dir: dir}
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

// attach takes the cluster that another process launched in dir and stops. It can be hurt as one's own.
func attach(dir string) (*Cluster, error) {
	body, err := os.ReadFile(filepath.Join(dir, handedFile))
	if err != nil {
		return nil, fmt.Errorf("take the cluster of another process: %w", err)
	}
	var h handed
	if err := json.Unmarshal(body, &h); err != nil {
		return nil, fmt.Errorf("take the cluster of another process: %w", err)
	}
	return &Cluster{Master: h.Master, Remote: h.Remote, Home: h.Home, Dir: dir, conf: h.Conf, group: &group{dir: dir, id: h.Group}}, nil
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
			"--webui-port", "0", "--cores", "2", "--memory", "2g", "--work-dir", filepath.Join(c.Dir, name), c.Master)
		if err != nil {
			return err
		}
		workers = append(workers, w)
	}
	connect, err := c.beginConnect("0") // it can wait for the workers by itself
	if err != nil {
		return err
	}
	for _, w := range workers {
		if _, err := w.await(regexp.MustCompile(`Successfully registered with master`)); err != nil {
			return err
		}
	}
	if c.Remote, err = awaitConnect(connect); err != nil {
		return err
	}
	body, err := json.Marshal(handed{c.Master, c.Remote, c.Home, c.conf, c.group.id})
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(c.Dir, handedFile), body, 0o600)
}

// connectServer is in the command of the Connect server.
const connectServer = "org.apache.spark.sql.connect.service.SparkConnectServer"

// StartConnect starts the Connect server again, after KillConnect.
func (c *Cluster) StartConnect() error {
	running, err := c.group.members(connectServer)
	if err != nil {
		return err
	}
	if len(running) > 0 {
		return errors.New("start the Connect server: it runs")
	}
	p, err := c.beginConnect(c.Remote[strings.LastIndex(c.Remote, ":")+1:])
	if err != nil {
		return err
	}
	_, err = awaitConnect(p)
	return err
}

func (c *Cluster) beginConnect(port string) (*process, error) {
	args := append(c.Submit(), "--class", connectServer,
		"--conf", "spark.connect.grpc.binding.address=127.0.0.1", "--conf", "spark.connect.grpc.binding.port="+port, "spark-internal")
	return c.group.start("connect", c.Env(), filepath.Join(c.Home, "bin", "spark-submit"), args...)
}

// awaitConnect returns the server's address.
func awaitConnect(p *process) (remote string, err error) {
	said, err := p.await(regexp.MustCompile(`Spark Connect server started at: \S+:\d+`))
	return "sc://127.0.0.1:" + said[strings.LastIndex(said, ":")+1:], err
}

// KillConnect kills the Connect server, which is the driver, with SIGKILL. Its executors end by themselves.
func (c *Cluster) KillConnect() error {
	killed, err := c.group.kill(connectServer)
	if err == nil && killed == 0 {
		err = errors.New("it does not run")
	}
	if err != nil {
		return fmt.Errorf("kill the Connect server: %w", err)
	}
	return nil
}

// KillExecutor kills one executor with SIGKILL, as soon as there is one; its worker starts another.
func (c *Cluster) KillExecutor() error {
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		executors, err := c.group.members("CoarseGrainedExecutorBackend")
		if err != nil {
			return err
		}
		if len(executors) == 0 {
			continue
		}
		if err := kill(executors[0]); !errors.Is(err, os.ErrProcessDone) {
			return err
		}
	}
	return errors.New("kill an executor: there is none")
}

// empty removes all tables, whose catalog is a folder.
func (c *Cluster) empty() error {
	warehouse := filepath.Join(c.Dir, "warehouse")
	namespaces, err := os.ReadDir(warehouse)
	for _, n := range namespaces {
		err = errors.Join(err, os.RemoveAll(filepath.Join(warehouse, n.Name())))
	}
	return err
}

// Log returns the end of what a process said: master, worker1, worker2 or connect.
func (c *Cluster) Log(name string) string { return c.group.tail(name) }

// Stop ends all processes, if this one launched them. It leaves the files.
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
	return append(env, "SPARK_HOME="+c.Home, "SPARK_CONF_DIR="+filepath.Join(c.Dir, "conf"), "SPARK_LOCAL_IP=127.0.0.1",
		"SPARK_LOCAL_DIRS="+filepath.Join(c.Dir, "local"), "PYSPARK_PYTHON=python3")
}
