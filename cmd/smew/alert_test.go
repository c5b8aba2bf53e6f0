package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"
)

// catch starts a server whose address goes into a variable, and that writes the path and body of each request
// into a file. While a file FILE.refuse is there it answers with its content as a status: catch VAR FILE
func catch(ts *testscript.TestScript, neg bool, args []string) {
	path := ts.MkAbs(args[1])
	var lock sync.Mutex
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		lock.Lock()
		defer lock.Unlock()
		if text, err := os.ReadFile(path + ".refuse"); err == nil {
			var status int
			fmt.Sscan(string(text), &status)
			w.WriteHeader(status)
			return
		}
		body, err := io.ReadAll(r.Body)
		if err == nil {
			err = appendTo(path, r.URL.Path+" "+string(body)+"\n")
		}
		if err != nil {
			w.WriteHeader(http.StatusInternalServerError)
		}
	}))
	ts.Defer(server.Close)
	ts.Setenv(args[0], server.URL)
}

func appendTo(path, text string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if closed := f.Close(); err == nil {
		err = closed
	}
	return err
}
