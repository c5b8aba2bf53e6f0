package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// printable keeps control characters of names and data off a terminal.
func printable(s string) string {
	if strings.IndexFunc(s, risky) < 0 {
		return s
	}
	var b strings.Builder
	for _, c := range s {
		if !risky(c) {
			b.WriteRune(c)
			continue
		}
		quoted := strconv.QuoteRuneToASCII(c)
		b.WriteString(quoted[1 : len(quoted)-1])
	}
	return b.String()
}

// risky are characters that act on a terminal or turn text around; line breaks and tabs are not.
func risky(c rune) bool {
	return c != '\n' && c != '\t' && (unicode.IsControl(c) || unicode.In(c, unicode.Bidi_Control))
}

// number writes n with its thousands apart.
func number[T int | int64](n T) string {
	digits := strconv.FormatInt(int64(n), 10)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	var b strings.Builder
	for i, c := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(c)
	}
	return sign + b.String()
}

// count writes "1 dump", "2 dumps".
func count[T int | int64](n T, what string) string { return counted(n, what, what+"s") }

func counted[T int | int64](n T, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return number(n) + " " + many
}

func size(bytes int64) string {
	const unit = 1000
	if bytes < unit {
		return fmt.Sprintf("%d B", bytes)
	}
	value, names := float64(bytes)/unit, "kMGTP"
	for value >= unit && len(names) > 1 {
		value, names = value/unit, names[1:]
	}
	return fmt.Sprintf("%.1f %cB", value, names[0])
}

func seconds(s float64) string { return fmt.Sprintf("%.1f s", s) }

func instant(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

// ago writes a span of time in its largest units: "3 h 20 min".
func ago(d time.Duration) string {
	switch d = d.Round(time.Second); {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
	}
	return fmt.Sprintf("%d days", int(d.Hours())/24)
}
