package feed_test

import (
	"testing"

	"smew/feed"
)

func TestSmoke(t *testing.T) {
	m, err := feed.ParseManifest([]byte(`{"dump_id":1234,"tables":[{"name":"users","files":["s3://c/a.avro"],"columns":["user_id"],"incremental":true}],"zz":{"b":1,"a":[]}}`))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := m.Encode()
	t.Log(string(raw), err, m.Digest())
	_, err = feed.ParseManifest([]byte(`{"dump_id":1234,"tables":[{"name":"users","files":["s3://c/a.avro",3],"columns":["user_id"],"incremental":true}],"zz":{"b":1,"a":[]}}`))
	t.Log(err)
	_, err = feed.ParseManifest([]byte(`{"dump_id":1234,"tables":[{"name":"users","files":["s3://c/a.avro"],"columns":["user_id"],"incremental":true}],"zz":{"b":1,"a":[{"k":{"q":1,"q":2}}]}}`))
	t.Log(err)
}
