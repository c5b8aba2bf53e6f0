// Command smew loads a Contentsquare Data Connect feed into a DuckDB file.
package main

import "os"

func main() {
	os.Exit(run(os.Args[1:], &app{
		stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, environ: os.LookupEnv,
	}))
}
