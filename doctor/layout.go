package doctor

import (
	"fmt"
	"strings"
)

// Layout is what lies in a feed.
type Layout struct {
	Manifests int // that were understood
	Newest    int64
	Reports   int
	Parts     int
	Bytes     int64
	// Broken are manifests that could not be used, with the reason, and BrokenAdvice is what the first of them says
	// to do; Missing are parts that are listed and not
	// there; Strays are objects that no manifest lists; Coming are those of them in folders of dumps above the
	// newest, which are being delivered. Each is in the order of its keys.
	Broken, Missing, Strays, Coming []string
	BrokenAdvice                    string
	// Elsewhere are folders below in which there are manifests.
	Elsewhere []string
}

func (l *Layout) judge() []Check {
	if l.Manifests+len(l.Broken) == 0 {
		c := Check{Name: "manifests", Result: Wrong, Found: "there are none in manifests/",
			Advice: "Check the prefix: manifests/ lies directly below it. In a new bucket, wait for the first sync."}
		if len(l.Elsewhere) > 0 {
			c.Advice = "There are some below " + some(l.Elsewhere) + ": name that as the feed."
		}
		return []Check{c}
	}
	checks := []Check{l.manifests(), l.reports()}
	if l.Manifests > 0 {
		checks = append(checks, l.parts())
	}
	return append(checks, l.strays())
}

func (l *Layout) manifests() Check {
	c := Check{Name: "manifests", Result: OK, Found: fmt.Sprintf("%d, the newest is of dump %d", l.Manifests, l.Newest)}
	if l.Manifests == 0 {
		c.Found = "none that can be used"
	}
	if len(l.Broken) > 0 {
		c.Result = Wrong
		c.Found += fmt.Sprintf("; %d cannot be used: %s", len(l.Broken), some(l.Broken))
		if c.Advice = l.BrokenAdvice; c.Advice == "" {
			c.Advice = "All other dumps load. Have these delivered again, or see docs/repair.md."
		}
	}
	return c
}

func (l *Layout) parts() Check {
	c := Check{Name: "parts", Result: OK, Found: fmt.Sprintf("%d, %.1f MB", l.Parts, float64(l.Bytes)/1e6)}
	if len(l.Missing) > 0 {
		c.Result = Wrong
		c.Found += fmt.Sprintf("; %d that are listed are not there: %s", len(l.Missing), some(l.Missing))
		c.Advice = "Did a lifecycle rule remove them, or does a copy need --map? smew ls names all of them; docs/repair.md says how to go on without."
	}
	return c
}

func (l *Layout) reports() Check {
	c := Check{Name: "sync reports", Result: OK, Found: fmt.Sprint(l.Reports)}
	if l.Reports == 0 {
		c.Result = Warning
		c.Found = "there are none in sync_reports/"
		c.Advice = "Nobody says then when the next sync is due: smew poll looks every --every, and no alert tells that a dump is late."
	}
	return c
}

func (l *Layout) strays() Check {
	c := Check{Name: "strays", Result: OK, Found: "none"}
	if len(l.Broken) > 0 {
		c.Result, c.Found = Skipped, "not told: nobody knows what the other manifests list"
		return c
	}
	if n := len(l.Coming); n > 0 {
		c.Found = fmt.Sprintf("none; %d parts of a dump that is being delivered", n)
	}
	if len(l.Strays) > 0 {
		c.Result = Warning
		c.Found = fmt.Sprintf("%d objects that no manifest lists: %s", len(l.Strays), some(l.Strays))
		c.Advice = "They do no harm: smew reads only what a manifest lists. Syncs that broke off leave some."
	}
	return c
}

// some names the first few.
func some(names []string) string {
	const shown = 3
	if len(names) <= shown {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:shown], ", "), len(names)-shown)
}
