package main

import (
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

const hidden = "(hidden)"

// sourceLines are a configuration file's lines as they may be shown. Anything in such a file may be a secret: a
// password stands under a misspelled key, or beside a mistake. So all values of the section of alerts are hidden,
// and those of all keys that are not known to be harmless. The lines are read as text, as a file that is no YAML has to
// be shown too.
func sourceLines(source []byte, harmless func(key string) bool) []string {
	lines := strings.Split(string(source), "\n")
	secret := false // within the section of alerts
	for i, line := range lines {
		line = strings.TrimRight(line, "\r")
		keys := keysOf(line)
		if len(keys) > 0 && keys[0].at == 0 && harmless(keys[0].name) {
			secret = false
		}
		secret = secret || slices.ContainsFunc(keys, func(k sourceKey) bool { return k.name == alertSection })
		if secret {
			lines[i] = hideValues(line, keys, func(string) bool { return false })
		} else {
			lines[i] = hideValues(line, keys, harmless)
		}
	}
	return lines
}

// sourceKey is a key in a line, and where it begins and its value does.
type sourceKey struct {
	name      string
	at, value int
}

var (
	keyPattern  = regexp.MustCompile(`["']?([A-Za-z0-9_-]+)["']?\s*:(?:\s|$)`)
	structure   = regexp.MustCompile(`^[\s\[{-]*$`)
	bareOpening = regexp.MustCompile(`^[\s\[{-]*`)
	userPart    = regexp.MustCompile(`\S+@`) // of an address
)

func keysOf(line string) (keys []sourceKey) {
	for _, m := range keyPattern.FindAllStringSubmatchIndex(line, -1) {
		keys = append(keys, sourceKey{line[m[2]:m[3]], m[0], strings.IndexByte(line[m[3]:], ':') + m[3] + 1})
	}
	return keys
}

// hideValues hides what stands in a line from the first value on that is not harmless.
func hideValues(line string, keys []sourceKey, harmless func(key string) bool) string {
	if len(keys) == 0 || !structure.MatchString(line[:keys[0].at]) { // it goes on with a value, or comments
		begin := bareOpening.FindString(line)
		if begin == line {
			return line
		}
		return begin + hidden
	}
	for _, k := range keys {
		if harmless(k.name) {
			continue
		}
		if strings.TrimSpace(line[k.value:]) == "" {
			break
		}
		line = line[:k.value] + " " + hidden
		break
	}
	return userPart.ReplaceAllString(line, hidden+"@")
}

// tokens are flags whose values may hold a token or a password.
var tokens = []string{"connect", "submit", "emr-options"}

// harmlessKeys tells the keys whose values are no secrets: the other flags, and what else a feed has.
func harmlessKeys(root *cobra.Command) func(string) bool {
	known := flagsOf(root)
	return func(key string) bool {
		return known[key] != nil && !slices.Contains(tokens, key) || key == "feeds" || key == feedKey || key == nameKey
	}
}

var quotedText = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|'[^']*'`)

// hideQuoted hides what a message of the YAML reader quotes from the file, unless the line that is shown with it
// shows it too.
func hideQuoted(message, shown string) string {
	return quotedText.ReplaceAllStringFunc(message, func(text string) string {
		if strings.Contains(shown, text[1:len(text)-1]) {
			return text
		}
		return hidden
	})
}
