package bucket_test

import (
	"testing"

	"smew/bucket"
	"smew/bucket/buckettest"
)

func TestMemory(t *testing.T) {
	buckettest.Run(t, func(t *testing.T) bucket.Bucket { return bucket.NewMemory() })
}

func TestMemoryFolderMarker(t *testing.T) {
	b := bucket.NewMemory()
	buckettest.Put(t, b, "manifests/", "")
	buckettest.Put(t, b, "manifests/sync_1.json", "{}")
	got := buckettest.Keys(t, b, "manifests/")
	if len(got) != 2 || got[0] != "manifests/" {
		t.Fatalf("listed as %q", got)
	}
	b.Remove("manifests/")
	if got := buckettest.Keys(t, b, ""); len(got) != 1 {
		t.Fatalf("listed as %q after the marker was removed", got)
	}
}
