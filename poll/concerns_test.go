package poll

import "testing"

func TestConcerns(t *testing.T) {
	for path, want := range map[string]bool{
		"/feed/manifests":                  true,
		"/feed/manifests/sync_1.json":      true,
		"/feed/manifests/deep/sync_1.json": true,
		"/feed/sync_reports/x.json":        true,
		"/feed/manifests/.smew-tmp-1":      false,
		"/feed/sync_1":                     false,
		"/feed/sync_1/manifests":           false,
		"/feed/manifests_old/x.json":       false,
		"/feed":                            false,
		"/manifests/x.json":                false,
	} {
		if got := concerns(path, "/feed", []string{"manifests", "sync_reports"}); got != want {
			t.Errorf("%s: %v, want %v", path, got, want)
		}
	}
}
