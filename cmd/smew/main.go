// Command smew loads a Contentsquare Data Connect feed into a DuckDB file.
package main

import (
	"io"
	"log"
	"os"
)

func main() {
	log.SetOutput(io.Discard) // the AWS SDK logs errors that it returns as well
	limitIsAnError()
	os.Exit(run(os.Args[1:], &app{
		stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, environ: os.LookupEnv,
	}))
}
