// Package sql holds every statement of smew, one commented file each; each folder of them has its variables in a Go file
// of its name. A statement leaves identifiers open as {{name}}; values are parameters.
package sql
