package feed

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// Where the objects of a feed lie below its root.
const (
	ManifestsPrefix = "manifests/"
	ReportsPrefix   = "sync_reports/"
)

// Layout says how a dump's parts are laid out in its folder.
type Layout int

const (
	Hive  Layout = iota // sync_852/_heap_table_name=users/part-00000-UUID.avro
	Plain               // sync_852/users/part-00000-UUID-c000.avro, as older dumps have it
)

// IsManifest reports whether the object key is a candidate for a manifest: any
// *.json below prefix+"manifests/" (R1). prefix is the feed's own root in its
// bucket, empty or ending in a slash.
func IsManifest(key, prefix string) bool {
	return strings.HasPrefix(key, prefix+ManifestsPrefix) && strings.HasSuffix(key, ".json")
}

// IsReport reports whether the object key is a candidate for a sync report: any
// *.json below prefix+"sync_reports/" (R13). prefix is as for IsManifest.
func IsReport(key, prefix string) bool {
	return strings.HasPrefix(key, prefix+ReportsPrefix) && strings.HasSuffix(key, ".json")
}

// ManifestKey returns the key of a dump's manifest, below the feed's root.
func ManifestKey(dumpID int64) string {
	return fmt.Sprintf("%ssync_%d.json", ManifestsPrefix, dumpID)
}

// ReportKey returns the key of a dump's sync report, below the feed's root.
func ReportKey(dumpID int64) string {
	return fmt.Sprintf("%ssync_%d.json", ReportsPrefix, dumpID)
}

// DefinitionsKey returns the key of a dump's property definitions, below the
// feed's root.
func DefinitionsKey(dumpID int64) string {
	return fmt.Sprintf("sync_%d/property_definitions.json", dumpID)
}

// PartKey returns the key of part n (from 0) of a table, below the feed's root.
// Whatever the table is called, the key is safe in a bucket and as a path of a
// directory; a reader takes the table's name from the manifest, never from here.
func PartKey(layout Layout, dumpID int64, table string, n int, uuid string) string {
	if layout == Plain {
		return fmt.Sprintf("sync_%d/%s/part-%05d-%s-c000.avro", dumpID, escape(table), n, uuid)
	}
	return fmt.Sprintf("sync_%d/_heap_table_name=%s/part-%05d-%s.avro", dumpID, escape(table), n, uuid)
}

// longestSegment keeps a path segment well below the 255 bytes that file
// systems allow.
const longestSegment = 200

// escape makes a path segment of a table's name. Dots are escaped too, so that
// neither ".." nor a name that equals one of the folder's own files comes out.
func escape(name string) string {
	var b strings.Builder
	for _, c := range []byte(name) {
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c == '-' {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	if b.Len() <= longestSegment {
		return b.String()
	}
	sum := sha256.Sum256([]byte(name))
	return b.String()[:longestSegment-33] + "-" + hex.EncodeToString(sum[:16])
}
