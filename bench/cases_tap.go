package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

const tapBucket = "feed"

// loadTap loads a feed from an S3 server here, smew and the peer alike. The server's own time is
// measured on neither side.
func (b *bench) loadTap(name string) error {
	endpoint, stop, err := b.serveS3()
	if err != nil {
		return err
	}
	defer stop()
	recipe := b.feeds.recipes["tap-heap"]
	env := s3Env(endpoint, "x", "x")
	feed := "s3://" + tapBucket
	reach := []string{"--endpoint", endpoint, "--path-style"}
	produce := exec.CommandContext(b.ctx, b.tools.smew, append(append([]string{"produce", feed, "--quiet"}, reach...), recipe.flags()...)...)
	produce.Env = append(os.Environ(), env...)
	if err := quiet(produce); err != nil {
		return err
	}
	smew := side{name: "smew", schema: "delivered", command: func(dir string) command {
		return command{args: b.loadArgs(feed, result(dir), reach...), env: env}
	}}
	tap, err := b.tapSide(env)
	if err != nil {
		return err
	}
	return b.pair(name, smew, tap, comparison{known: "its keys lack the user_id, it may keep the older record of a user, and it ignores full resyncs"})
}

// tapSide is the pipeline of tap and target. The catalog, which is discovered beforehand, selects everything.
func (b *bench) tapSide(env []string) (side, error) {
	tap, err := b.tools.peer("tap")
	if err != nil {
		return side{}, err
	}
	target, err := b.tools.peer("target")
	if err != nil {
		return side{}, err
	}
	ready := func(dir string) error {
		write := func(file string, v any) error {
			data, err := json.Marshal(v)
			if err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(dir, file), data, 0o666)
		}
		if err := write("tap.json", map[string]string{"start_date": "2020-01-01T00:00:00Z", "bucket": tapBucket, "account_id": "0", "external_id": "x", "role_name": "x"}); err != nil {
			return err
		}
		if err := write("target.json", map[string]string{"path": result(dir), "default_target_schema": "tap"}); err != nil {
			return err
		}
		discover := exec.CommandContext(b.ctx, filepath.Join(tap, "tap-heap"), "-c", "tap.json", "-d")
		discover.Dir, discover.Env = dir, append(os.Environ(), env...)
		found, err := output(discover)
		if err != nil {
			return err
		}
		catalog, err := selectAll(found)
		if err != nil {
			return err
		}
		return write("catalog.json", catalog)
	}
	line := fmt.Sprintf("set -o pipefail; %s -c tap.json -p catalog.json | %s -c target.json >state.json",
		filepath.Join(tap, "tap-heap"), filepath.Join(target, "target-duckdb"))
	return side{name: "tap-heap | target-duckdb", schema: "tap", ready: ready, command: func(dir string) command {
		return command{args: []string{"bash", "-c", line}, env: env, dir: dir}
	}}, nil
}

// selectAll marks every stream of a catalog as selected.
func selectAll(found []byte) (map[string]any, error) {
	var catalog map[string]any
	if err := json.Unmarshal(found, &catalog); err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	streams, _ := catalog["streams"].([]any)
	for _, s := range streams {
		stream, _ := s.(map[string]any)
		entries, _ := stream["metadata"].([]any)
		for _, e := range entries {
			entry, _ := e.(map[string]any)
			if of, _ := entry["breadcrumb"].([]any); len(of) == 0 {
				entry["metadata"].(map[string]any)["selected"] = true
			}
		}
	}
	return catalog, nil
}

// serveS3 starts an S3 server in memory with an empty bucket.
func (b *bench) serveS3() (endpoint string, stop func(), err error) {
	bin, err := b.tools.peer("moto")
	if err != nil {
		return "", nil, err
	}
	address, err := freeAddress()
	if err != nil {
		return "", nil, err
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return "", nil, err
	}
	server := exec.Command(filepath.Join(bin, "moto_server"), "-H", host, "-p", port)
	if err := server.Start(); err != nil {
		return "", nil, err
	}
	stop = func() { server.Process.Kill(); server.Wait() }
	endpoint = "http://" + address
	ctx, cancel := context.WithTimeout(b.ctx, time.Minute)
	defer cancel()
	if err := createBucket(ctx, endpoint+"/"+tapBucket); err != nil {
		stop()
		return "", nil, err
	}
	return endpoint, stop, nil
}

// createBucket asks again until the server answers.
func createBucket(ctx context.Context, url string) error {
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodPut, url, nil)
		if err != nil {
			return err
		}
		response, err := http.DefaultClient.Do(request)
		if err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return nil
			}
			return fmt.Errorf("create bucket: %s", response.Status)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("S3 server: %w", err)
		case <-time.After(100 * time.Millisecond):
		}
	}
}
