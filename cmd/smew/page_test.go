package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestPage uses the page and the console as people do, in a real browser on a real database.
func TestPage(t *testing.T) {
	t.Parallel()
	chromium(t)
	dir, downloads := t.TempDir(), t.TempDir()
	shopFeed(t, dir)
	url := serveIn(t, dir, "--db", "shop.duckdb", "--query-time", "20s")
	b := openTab(t, url, downloads)
	for _, part := range []struct {
		name string
		test func(*testing.T, *tab, string)
	}{
		{"status", statusPage}, {"unanswered", unansweredPage}, {"phone", phonePage}, {"dark", darkPage}, {"console", consolePage},
		{"mistakes", consoleMistakes}, {"chart", consoleChart}, {"kept", consoleKept},
	} {
		if !t.Run(part.name, func(t *testing.T) { b.t = t; part.test(t, b, url) }) {
			return
		}
	}
	t.Run("download", func(t *testing.T) { b.t = t; consoleDownload(t, b, downloads) })
	t.Run("mended", func(t *testing.T) { b.t = t; mendedPage(t, b, url, dir) })
	b.t = t
}

const shownText = "document.body.innerText"

// statusPage: what failed is told with its place, what was loaded in figures and charts.
func statusPage(t *testing.T, b *tab, url string) {
	b.do(chromedp.Navigate(url))
	b.until(`location.pathname === "/feeds/shop"`, `document.querySelectorAll("#charts canvas").length === 3`)
	for _, want := range []string{"2 dumps could not be loaded", "Dump 862", `is not a whole 64-bit number`, "Dump 865", "unexpected EOF", "merged into", "order_completed", "succeeded"} {
		if !b.is(shownText + ".includes(" + quoteJS(want) + ")") {
			t.Errorf("the page does not say %q", want)
		}
	}
	if !b.is(`[...document.querySelectorAll(".failure")].some(f => /Table\s*\w+/.test(f.innerText) && /Part\s*part-\d+/.test(f.innerText) && /Row\s*\d+/.test(f.innerText) && /Column\s*user_id/.test(f.innerText))`) {
		t.Error("part, row and column of the bad id are not told")
	}
	// Each chart has something drawn on it, in the colour of its first series.
	if !b.is(`[...document.querySelectorAll("#charts canvas")].every(c => { const d = c.getContext("2d").getImageData(0, 0, c.width, c.height).data; let n = 0; for (let i = 0; i < d.length; i += 4) if (d[i] === 15 && d[i+1] === 138 && d[i+2] === 128) n++; return n > 50 })`) {
		t.Error("a chart is empty")
	}
	b.picture("page-failed")
}

// unansweredPage: charts whose figures did not come are drawn with the next look.
func unansweredPage(t *testing.T, b *tab, url string) {
	added, err := chromedp.Call(b.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: `{
		const real = window.fetch
		window.fetch = (...args) => {
			if (!String(args[0]).startsWith("/api/")) return real(...args)
			window.fetch = real
			window.unanswered = true
			return Promise.reject(new Error("nobody answers"))
		}
	}`})
	if err != nil {
		t.Fatal(err)
	}
	b.do(chromedp.Navigate(url + "feeds/shop"))
	b.until(`window.unanswered`, `document.querySelectorAll("#charts canvas").length === 3`)
	if _, err := chromedp.Call(b.ctx, page.RemoveScriptToEvaluateOnNewDocument, page.RemoveScriptToEvaluateOnNewDocumentParams(added)); err != nil {
		t.Fatal(err)
	}
}

// phonePage: nothing is wider than a phone.
func phonePage(t *testing.T, b *tab, url string) {
	b.do(chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile, chromedp.EmulateScale(2)))
	defer b.wide()
	for _, path := range []string{"feeds/shop/sql", "feeds/shop"} {
		b.do(chromedp.Navigate(url + path))
		b.until(`document.readyState === "complete"`)
		if !b.is("document.documentElement.scrollWidth <= 390") {
			wide, _ := chromedp.Run(b.ctx, chromedp.Evaluate[string](`[...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > 391).map(e => e.tagName + "." + e.className + "#" + e.id).join(" ")`))
			t.Errorf("%s is wider than a phone: %s", path, wide)
		}
		if !b.is(`[...document.querySelectorAll("main p, main td, main summary, main button")].filter(e => e.offsetParent).every(e => parseFloat(getComputedStyle(e).fontSize) >= 10)`) {
			t.Errorf("%s has text too small to read", path)
		}
		if strings.HasSuffix(path, "sql") && !b.is(`document.querySelector(".work").getBoundingClientRect().top - document.querySelector(".side").getBoundingClientRect().bottom < 30`) {
			t.Error("there is a gap above the editor")
		}
	}
	b.until(`document.querySelectorAll("#charts canvas").length === 3`)
	b.picture("page-phone")
}

const background = `getComputedStyle(document.body).backgroundColor`

// darkPage: dark where the system is, or where it was chosen; the choice is kept.
func darkPage(t *testing.T, b *tab, url string) {
	b.do(chromedp.Navigate(url))
	const light, dark = `"rgb(245, 247, 249)"`, `"rgb(12, 17, 22)"`
	b.until(background + " === " + light)
	b.scheme("dark")
	b.until(background+" === "+dark, `document.querySelectorAll("#charts canvas").length === 3`)
	b.picture("page-dark")
	b.do(chromedp.Click(chromedp.CSS("#theme"))) // light
	b.until(background + " === " + light)
	b.scheme("light")
	b.do(chromedp.Click(chromedp.CSS("#theme"))) // dark
	b.until(background + " === " + dark)
	b.do(chromedp.Reload())
	b.until(background + " === " + dark)
	b.do(chromedp.Click(chromedp.CSS("#theme"))) // as the system
	b.until(background + " === " + light)
}

// consolePage: a query by keyboard alone, sorted.
func consolePage(t *testing.T, b *tab, url string) {
	b.do(chromedp.Navigate(url + "feeds/shop/sql"))
	b.until(`document.querySelector("#schema details")`, `document.activeElement.classList.contains("cm-content")`)
	b.keys("SELECT event_table_name, count(*) AS n FROM all_events GROUP BY ALL ORDER BY ALL")
	b.keys(kb.Escape) // no completion
	b.keys(kb.Enter, chromedp.ModifierCtrl)
	b.until(`document.querySelectorAll("#table tbody tr").length === 5`, `/^5 rows in/.test(document.querySelector("#told").textContent)`)
	const column = `[...document.querySelectorAll("#table tbody td:nth-child(2)")].map(td => Number(td.textContent))`
	for _, up := range []string{"a <= b", "a >= b"} {
		b.do(chromedp.Click(chromedp.CSS("#table thead th:nth-child(2) button")))
		b.until(column + `.every((b, i, all) => { const a = all[i-1] ?? b; return ` + up + ` })`)
	}
	if !b.is(`document.querySelector('#table th[aria-sort="descending"]')`) {
		t.Error("how the table is sorted is not told")
	}
	// Large ids are told apart, also below zero.
	b.ask(url, "FROM (VALUES (-9007199254740992), (NULL), (7), (-9007199254740993)) AS t(n)")
	b.until(`document.querySelectorAll("#table tbody tr").length === 4`)
	b.do(chromedp.Click(chromedp.CSS("#table thead th button")))
	b.until(`[...document.querySelectorAll("#table tbody td")].map(td => td.textContent).join() === "-9007199254740993,-9007199254740992,7,NULL"`)
	// The editor lets the keyboard out.
	b.do(chromedp.Evaluate[chromedp.Void](`document.querySelector(".cm-content").focus()`))
	b.keys(kb.Tab)
	b.until(`document.activeElement.id === "run"`)
	b.do(chromedp.Evaluate[chromedp.Void](`document.querySelector("#find").focus()`))
	b.keys("canonical")
	b.until(`[...document.querySelectorAll("#schema details")].length === 1 && document.querySelector("#schema details").innerText.includes("canonical_id")`)
}

// consoleMistakes: what goes wrong is said, what would change something is refused, what takes too long can be ended.
func consoleMistakes(t *testing.T, b *tab, url string) {
	for sql, want := range map[string]string{
		"SELEKT 1":                              "Parser Error",
		"CREATE TABLE t AS SELECT 1":            "only one statement that reads",
		"SELECT 1; SELECT 2":                    "only one statement that reads",
		"SELECT * FROM read_csv('/etc/passwd')": "Permission Error",
	} {
		b.ask(url, sql)
		b.until(`!document.querySelector("#wrong").hidden && document.querySelector("#wrong").textContent.includes(` + quoteJS(want) + ")")
	}
	b.ask(url, "SELECT sum(a.range * b.range) FROM range(100000000) AS a, range(1000000) AS b")
	b.until(`!document.querySelector("#cancel").hidden`)
	b.do(chromedp.Click(chromedp.CSS("#cancel")))
	b.until(`document.querySelector("#wrong").textContent === "The query was cancelled."`, `!document.querySelector("#run").disabled`)
}

// ask opens the console by a link with a query, which is run.
func (b *tab) ask(url, sql string) {
	b.t.Helper()
	b.do(chromedp.Navigate("about:blank"), chromedp.Navigate(url+"feeds/shop/sql#q="+strings.NewReplacer("%", "%25", "+", "%2B", "&", "%26", "#", "%23").Replace(sql)))
	b.until(`document.querySelector("#editor .cm-content")`)
}

// consoleChart: a ready-made query, its result as a chart.
func consoleChart(t *testing.T, b *tab, url string) {
	b.do(chromedp.Navigate(url + "feeds/shop/sql"))
	b.until(`document.querySelectorAll("#ready button").length > 3`)
	b.do(chromedp.Evaluate[chromedp.Void](`[...document.querySelectorAll("#ready button")].find(b => b.innerText.includes("Events by day")).click()`))
	b.until(`document.querySelectorAll("#table tbody tr").length > 10`)
	b.do(chromedp.Click(chromedp.CSS("#as-chart")))
	b.until(`document.querySelector("#plot canvas")`, `document.querySelector("#chart-x").selectedOptions[0].text === "day"`, `document.querySelector("#chart-y").innerText.includes("people")`,
		`document.querySelectorAll("#chart-y :checked").length === 1`)
	b.do(chromedp.Evaluate[chromedp.Void](`[...document.querySelectorAll("#chart-y label")].find(l => l.innerText.includes("people")).click()`))
	b.until(`document.querySelectorAll("#plot .legend li").length === 2`)
	// Values that do not add up stand side by side: the highest bar is of events alone, which a sum would leave below.
	b.do(chromedp.Evaluate[chromedp.Void](`{ const s = document.querySelector("#chart-kind"); s.value = "bars"; s.dispatchEvent(new Event("change")) }`))
	b.until(`(() => {
		const c = document.querySelector("#plot canvas"), d = c?.getContext("2d").getImageData(0, 0, c.width, c.height).data ?? []
		for (let i = 0; i < d.length; i += 4) {
			if (d[i] === 15 && d[i+1] === 138 && d[i+2] === 128) return "events"
			if (d[i] === 224 && d[i+1] === 151 && d[i+2] === 43) return "people"
		}
	})() === "events"`)
	b.picture("console-chart")
}

// consoleKept: a saved query and a link bring a query back.
func consoleKept(t *testing.T, b *tab, url string) {
	b.ask(url, "SELECT 42 AS answer, NULL AS nothing, '' AS empty, 9007199254740993 AS big")
	b.until(`document.querySelector("#table tbody td").textContent === "42"`,
		`[...document.querySelectorAll("#table tbody td")].map(td => td.textContent).join() === "42,NULL,,9007199254740993"`)
	b.do(chromedp.Click(chromedp.CSS("#save")))
	b.until(`document.querySelector("#name").open`)
	b.keys("The answer" + kb.Enter)
	b.until(`document.querySelector("#saved").innerText.includes("The answer")`)
	b.do(chromedp.Navigate(url + "feeds/shop/sql"))
	b.until(`document.querySelector("#saved").innerText.includes("The answer")`)
	b.do(chromedp.Click(chromedp.CSS("#saved button")))
	b.until(`document.querySelector("#table tbody td")?.textContent === "42"`)
	b.do(chromedp.Click(chromedp.CSS("#share")))
	b.until(`location.hash.includes("42")`)
	b.do(chromedp.Click(chromedp.CSS("#saved .drop")))
	b.until(`!document.querySelector("#saved").innerText.includes("The answer")`)
}

// consoleDownload: the result as files, of the query that was run.
func consoleDownload(t *testing.T, b *tab, downloads string) {
	for format, begins := range map[string]string{"csv": "answer,nothing,empty,big\n42,,\"\",9007199254740993\n", "parquet": "PAR1"} {
		b.do(chromedp.Click(chromedp.CSS(`.download[data-format="` + format + `"]`)))
		path := filepath.Join(downloads, "result."+format)
		var got []byte
		waitFor(t, func() bool { got, _ = os.ReadFile(path); return len(got) > 0 })
		if !strings.HasPrefix(string(got), begins) {
			t.Errorf("result.%s begins with %.80q", format, got)
		}
	}
}

// mendedPage: the page follows the database by itself, and leaves open what was opened.
func mendedPage(t *testing.T, b *tab, url, dir string) {
	b.do(chromedp.Navigate(url))
	b.until(`document.querySelectorAll("#charts canvas").length === 3`)
	b.do(chromedp.Click(chromedp.CSS("#load-863 summary")), chromedp.Evaluate[chromedp.Void]("window.same = true"))
	for _, name := range []string{"sync_862", "sync_865"} {
		if err := os.RemoveAll(filepath.Join(dir, "feed", name)); err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{name, "manifests/" + name + ".json"} {
			if err := os.Rename(filepath.Join(dir, "whole", path), filepath.Join(dir, "feed", path)); err != nil {
				t.Fatal(err)
			}
		}
	}
	smewIn(t, dir, exitDone, "load", "feed", "--db", "shop.duckdb", "--quiet")
	b.until(shownText+`.includes("Up to date")`, `document.querySelector("#load-865")`)
	if !b.is(`window.same && document.querySelector("#load-863").open`) {
		t.Error("the page was loaded anew, or closed what was open")
	}
	b.until(`document.querySelectorAll("#charts canvas").length === 3`)
	b.picture("page")
}

// TestPageLogin: with a token, nothing is shown before it is given; then a link leads where it was to lead.
func TestPageLogin(t *testing.T) {
	t.Parallel()
	chromium(t)
	dir := t.TempDir()
	smewIn(t, dir, exitDone, "produce", "feed", "--dumps", "1", "--users", "20", "--events", "50", "--quiet")
	smewIn(t, dir, exitDone, "load", "feed", "--db", "shop.duckdb", "--quiet")
	const token = "a-long-token-for-a-test"
	if err := os.WriteFile(filepath.Join(dir, "token"), []byte(token+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	url := serveIn(t, dir, "--db", "shop.duckdb", "--token-file", "token")
	b := openTab(t, url, dir)
	b.do(chromedp.Navigate(url + "feeds/shop/sql#q=SELECT%2041%2B1%20//%201"))
	b.until(`location.pathname === "/login" && document.activeElement.id === "token"`)
	if b.is(shownText + `.includes("order_completed")`) {
		t.Error("it shows what it holds")
	}
	b.keys("wrong" + kb.Enter)
	b.until(shownText + `.includes("That is not the token") && document.readyState === "complete" && document.activeElement.id === "token"`)
	b.keys(token + kb.Enter)
	b.until(`location.pathname === "/feeds/shop/sql"`, `document.querySelector("#table tbody td")?.textContent === "42"`)
	b.do(chromedp.Navigate(url + "feeds/shop"))
	b.until(shownText + `.includes("order_completed")`)
	if b.is(`document.cookie.includes("smew")`) {
		t.Error("scripts can read the cookie")
	}
}

func quoteJS(s string) string {
	raw, _ := marshal(s)
	return string(raw)
}
