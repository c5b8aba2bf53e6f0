package web

import (
	"fmt"
	"path"
	"strconv"
	"strings"
	"time"
)

// plural counts something: "1 dump", "1,204 dumps".
func plural(n int, of string) string {
	if n == 1 {
		return "1 " + of
	}
	return number(int64(n)) + " " + of + "s"
}

// number writes a count with its thousands apart.
func number(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, s = "−", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}

// short writes a count in few characters: 985, 12.3 k, 4.56 M.
func short(n int64) string {
	if n < 1000 {
		return number(n)
	}
	return figures(float64(n), "k", "M", "G", "T")
}

// size writes a number of bytes.
func size(n int64) string {
	if n < 1000 {
		return plural(int(n), "byte")
	}
	return figures(float64(n), "kB", "MB", "GB", "TB")
}

// figures gives three digits of 1000 or more, in the unit in which they are so many. What three digits round up to a thousand is one of
// the next unit.
func figures(f float64, units ...string) string {
	for f /= 1000; f >= 999.5 && len(units) > 1; units = units[1:] {
		f /= 1000
	}
	digits := 0
	switch {
	case f < 9.995:
		digits = 2
	case f < 99.95:
		digits = 1
	}
	return strconv.FormatFloat(f, 'f', digits, 64) + " " + units[0]
}

// span writes a length of time in its two largest units.
func span(d time.Duration) string {
	d = d.Abs()
	switch {
	case d < time.Second:
		return strconv.FormatInt(d.Milliseconds(), 10) + " ms"
	case d < 10*time.Second:
		return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + " s"
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return two(int(d.Minutes()), "min", int(d.Seconds())%60, "s")
	case d < 48*time.Hour:
		return two(int(d.Hours()), "h", int(d.Minutes())%60, "min")
	}
	return two(int(d.Hours())/24, "d", int(d.Hours())%24, "h")
}

func two(large int, unit string, small int, smaller string) string {
	if small == 0 {
		return fmt.Sprintf("%d %s", large, unit)
	}
	return fmt.Sprintf("%d %s %d %s", large, unit, small, smaller)
}

// from tells where an instant lies from now: "12 min ago", "in 3 h".
func from(now, t time.Time) string {
	d := t.Sub(now)
	switch {
	case d.Abs() < time.Second:
		return "now"
	case d < 0:
		return rough(-d) + " ago"
	}
	return "in " + rough(d)
}

// rough writes a length of time in its largest unit, two where one would say little.
func rough(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 10*time.Hour:
		return two(int(d.Hours()), "h", int(d.Minutes())%60, "min")
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	return fmt.Sprintf("%d days", int(d.Hours())/24)
}

// part is a part's file name, shortened: its UUID tells nobody anything.
func part(key string) string {
	name := key[strings.LastIndex(key, "/")+1:]
	if len(name) > 24 && strings.HasPrefix(name, "part-") {
		return name[:10] + "…" + path.Ext(name)
	}
	return name
}
