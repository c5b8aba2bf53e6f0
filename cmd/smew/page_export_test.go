package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"smew/web"
)

const pageExports = `
feeds: [{feed: ./feed, db: shop.duckdb}]
exports:
  models:
    - id: people
      sql: |
        SELECT * FROM (VALUES (1, 'Ada <b>'), (2, 'Bo'), (NULL, 'Nobody')) AS t(id, name)
      primary-key: [id]
    - {id: gone, table: nowhere}
  syncs:
    - {id: crm, model: people, to: out, file: "{sync.run.id}.csv", mode: diff, csv: {delimiter: ";"}, alerts: {rejected: 10}}
    - {id: broken, model: gone, to: out}
    - {id: hand, model: people, to: out/hand, schedule: manual}
`

// TestPageExports: what was sent, how it begins, and what is wrong, in a real browser.
func TestPageExports(t *testing.T) {
	t.Parallel()
	chromium(t)
	dir := t.TempDir()
	smewIn(t, dir, exitDone, "produce", "feed", "--dumps", "1", "--users", "20", "--events", "50", "--quiet")
	smewIn(t, dir, exitDone, "load", "feed", "--db", "shop.duckdb", "--quiet")
	if err := os.WriteFile(filepath.Join(dir, "smew.yaml"), []byte(pageExports), 0o600); err != nil {
		t.Fatal(err)
	}
	smewIn(t, dir, exitDone, "export", "run", "crm", "--db", "shop.duckdb", "--config", "smew.yaml")
	smewIn(t, dir, exitFailed, "export", "run", "broken", "--db", "shop.duckdb", "--config", "smew.yaml")
	url := serveIn(t, dir, "--db", "shop.duckdb", "--config", "smew.yaml")
	b := openTab(t, url, dir)
	b.do(chromedp.Navigate(url))
	b.until(`document.querySelectorAll("#exports tbody tr").length === 3`)
	for id, want := range map[string]string{
		"export-crm":    "leaves out many rows 1 of 3 rows were left out: 1 without a key, 0 duplicates",
		"export-broken": "failed read model",
		"export-hand":   "never",
	} {
		if !b.is(`document.getElementById(` + quoteJS(id) + `).innerText.replace(/\s+/g, " ").includes(` + quoteJS(want) + `)`) {
			t.Errorf("%s does not say %q", id, want)
		}
	}
	if !b.is(shownText + `.includes("The export broken failed: ")`) {
		t.Error("the page does not say at the top that an export failed")
	}
	b.do(chromedp.Click(chromedp.CSS("#run-1 summary")))
	b.until(`document.querySelector("#run-1").open`)
	if !b.is(`document.querySelector("#run-1 pre").innerText.trim() === "id;name\n1;Ada <b>\n2;Bo"`) {
		t.Error("the first lines are not those of the file")
	}
	if !b.is(`document.querySelector("#run-1").innerText.includes("1_added.csv") && document.querySelector("#run-2 .wrong").textContent.includes("nowhere")`) {
		t.Error("file and error are not told")
	}

	// It follows the database, and leaves open what was opened.
	smewIn(t, dir, exitDone, "export", "run", "hand", "--db", "shop.duckdb", "--config", "smew.yaml")
	b.until(`document.querySelector("#run-3")`, `document.querySelector("#run-1").open`, `!document.querySelector("#export-hand").innerText.includes("never")`)
	b.do(chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile, chromedp.EmulateScale(2)))
	defer b.wide()
	b.until("document.documentElement.scrollWidth <= 390")
}

// Whoever follows a feed shows on the page what became of its exports, whether or not the console reads a copy.
func TestFollowedExports(t *testing.T) {
	t.Parallel()
	for _, copied := range []bool{false, true} {
		dir := t.TempDir()
		smewIn(t, dir, exitDone, "produce", "feed", "--dumps", "1", "--users", "20", "--events", "50", "--quiet")
		publish := ""
		if copied {
			publish = ", publish: " + filepath.Join(dir, "copy.duckdb")
		}
		text := fmt.Sprintf(`
feeds: [{feed: %[1]s/feed, db: %[1]s/shop.duckdb%[2]s}]
exports:
  models: [{id: people, table: users, primary-key: [user_id]}, {id: gone, table: nowhere}]
  syncs:
    - {id: crm, model: people, to: %[1]s/out, file: "{sync.run.id}.csv", mode: diff, feed: shop}
    - {id: broken, model: gone, to: %[1]s/out}
    - {id: hand, model: people, to: %[1]s/out, schedule: manual, alerts: {late: 1ms}}
`, dir, publish)
		path := filepath.Join(dir, "smew.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		url, _, _ := pollIn(t, "--config", path)
		waitFor(t, func() bool { return hasReason(shopState(t, url), web.Warning, "export_failed") })
		all := shopState(t, url).Exports
		if len(all) != 3 || len(all[0].Runs) != 1 || len(all[0].Troubles) != 0 || all[0].Schedule != "after-load" || all[0].Running != nil {
			t.Fatalf("%+v", all)
		}
		if r := all[0].Runs[0]; r.Status != "done" || r.Added == 0 || r.ModelRows != r.Added || len(r.Files) != 1 || r.Files[0].Key != "1_added.csv" || len(r.Files[0].First) != 4 {
			t.Errorf("%+v", r)
		}
		if b := all[1]; len(b.Troubles) != 1 || b.Troubles[0].Kind != "failed" || b.Runs[0].Error == "" {
			t.Errorf("%+v", b)
		}
		if h := all[2]; len(h.Troubles) != 1 || h.Troubles[0].Kind != "late" { // it never ran
			t.Errorf("%+v", h)
		}
		if _, body := get(t, url+"metrics"); !strings.Contains(body, `smew_export_troubles{export="broken",feed="shop"} 1`) || !strings.Contains(body, `smew_export_files{export="crm",feed="shop"} 1`) {
			t.Error("the metrics do not tell of exports")
		}
	}
}
