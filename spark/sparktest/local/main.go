// Command local runs a command beside a Spark cluster: a master, two workers and a Connect server on this machine, which end
// with it. The command finds the server's address in SMEW_SPARK_CONNECT, and in SMEW_SPARK_SUBMIT, for a shell, how a driver is handed in.
//
// With -tests the cluster is as smew's tests want it, which take it then instead of starting one each.
//
//	go run ./spark/sparktest/local [-tests] [-conf key=value]... command [argument]...
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"smew/spark/sparktest"
)

func main() {
	tools := flag.String("tools", ".tools/spark", "folder that make spark-tools filled")
	conf := map[string]string{}
	flag.Func("conf", "a setting of the Connect server, as key=value", func(s string) error {
		key, value, ok := strings.Cut(s, "=")
		if !ok {
			return fmt.Errorf("it has not the form key=value")
		}
		conf[key] = value
		return nil
	})
	tests := flag.Bool("tests", false, "have smew's tests run by the command take the cluster")
	flag.Parse()
	if err := run(*tools, sparktest.Options{Conf: conf, Tests: *tests}, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(tools string, o sparktest.Options, command []string) (err error) {
	if len(command) == 0 {
		return fmt.Errorf("name a command to run beside the cluster")
	}
	o.Tools, err = filepath.Abs(tools)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	if _, err := os.Stat(filepath.Join(o.Tools, "installed")); err != nil && o.Tests {
		return cmd.Run() // the tests say what is missing
	}
	dir, err := os.MkdirTemp("", "spark-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	c, err := sparktest.Launch(dir, o)
	if err != nil {
		return err
	}
	defer c.Stop()
	cmd.Env = append(c.Env(), "SMEW_SPARK_CONNECT="+c.Remote, "SMEW_SPARK_SUBMIT="+submit(c))
	if o.Tests {
		cmd.Env = append(cmd.Env, "SMEW_TEST_SPARK_CLUSTER="+dir)
	}
	return cmd.Run()
}

// submit is the command that hands a driver in, its arguments in quotes.
func submit(c *sparktest.Cluster) string {
	words := []string{filepath.Join(c.Home, "bin", "spark-submit")}
	for _, arg := range c.Submit() {
		words = append(words, "'"+strings.ReplaceAll(arg, "'", `'\''`)+"'")
	}
	return strings.Join(words, " ")
}
