package export

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// hashing is the version of hashed: a state whose hashes were made by another one gets new ones of the values that it keeps.
const hashing = "2"

// hashed is the expression of a row's hash. Two values that some format writes differently have different hashes, but for
// chance: 2^-64.
func (s *shape) hashed() string {
	parts := make([]string, len(s.Columns))
	for i, c := range s.Columns {
		parts[i] = told(c.Type, fmt.Sprintf("c%d", i+1))
	}
	return "hash(" + strings.Join(parts, ", ") + ")"
}

// plain are types of which DuckDB's hash tells all values apart.
var plain = regexp.MustCompile(`^(BOOLEAN|U?(TINY|SMALL|BIG)INT|U?INTEGER|VARCHAR|BLOB|BIT|BIGNUM|JSON|DATE|TIME(_NS)?|TIMESTAMP(_S|_MS|_NS)?|(TIME|TIMESTAMP) WITH TIME ZONE|ENUM\([^]]*\))$`)

var decimal = regexp.MustCompile(`^DECIMAL\(([0-9]+),`)

// told are arguments of hash() that tell a type's values apart. DuckDB's hash takes 0.0 and -0.0 for one value, as well as a month
// and 30 days; it joins the halves of 128 bits by xor, so that 1 and 2^64 are one; and NULL, [], [NULL] and {'a': NULL} are
// one inside of other values too.
func told(kind, value string) string {
	digits, _ := strconv.Atoi(append(decimal.FindStringSubmatch(kind), "", "")[1])
	switch {
	case plain.MatchString(kind) || 0 < digits && digits <= 18:
		return value
	case kind == "DOUBLE" || kind == "FLOAT":
		return fmt.Sprintf("%[1]s, signbit(%[1]s)", value)
	case kind == "HUGEINT" || kind == "UHUGEINT" || kind == "UUID" || kind == "INTERVAL" || digits > 18:
		return value + "::VARCHAR"
	}
	// JSON has the tags of unions; the text tells NaN from -NaN, and JSON's null from NULL; hash itself the types of variants.
	return fmt.Sprintf("%[1]s, to_json(%[1]s)::VARCHAR, %[1]s::VARCHAR", value)
}
