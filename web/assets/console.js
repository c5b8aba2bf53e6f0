// The SQL console.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
	const $ = id => document.getElementById(id)
	const {api, feed, nonce} = $("main").dataset
	let running = null, result = null, asked = ""

	const draft = "smew.draft." + feed
	const remember = text => { try { sessionStorage.setItem(draft, text) } catch { /* not kept */ } }
	const linked = new URLSearchParams(location.hash.slice(1)).get("q")
	const first = () => { try { return sessionStorage.getItem(draft) } catch { return null } }

	const editor = Editor.create($("editor"), {
		doc: linked ?? first() ?? "", nonce, label: "SQL", run, changed: remember,
		hint: "SELECT event_table_name, count(*) AS events\nFROM all_events\nGROUP BY ALL\nORDER BY events DESC",
	})

	const post = (path, body, signal) => fetch(api + path, {
		method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(body), signal,
	})
	async function reason(answer) {
		try { return (await answer.json()).error.text } catch { return `${answer.status} ${answer.statusText}` }
	}
	function wrong(text) {
		$("wrong").textContent = text
		$("wrong").hidden = !text
		$("told").hidden = !!text
	}
	function busy(on) {
		$("run").disabled = on
		$("cancel").hidden = !on
		$("editor").setAttribute("aria-busy", on)
	}

	async function run() {
		const sql = editor.text().trim()
		if (!sql || running) return
		running = new AbortController()
		busy(true)
		wrong("")
		const begun = performance.now()
		const clock = setInterval(() => { $("told").textContent = `Running … ${((performance.now() - begun) / 1000).toFixed(1)} s` }, 100)
		try {
			const answer = await post("/query", {sql, limit: Number($("limit").value)}, running.signal)
			if (!answer.ok) throw new Error(await reason(answer))
			result = await answer.json()
			asked = sql
			show()
		} catch (e) {
			wrong(e.name === "AbortError" ? "The query was cancelled." : e.message)
		} finally {
			clearInterval(clock)
			running = null
			busy(false)
		}
	}

	function show() {
		const n = result.rows.length
		$("told").textContent = `${result.truncated ? "the first " : ""}${n.toLocaleString("en")} ${n === 1 ? "row" : "rows"} in ${result.seconds < 1 ? Math.round(result.seconds * 1000) + " ms" : result.seconds.toFixed(2) + " s"}`
		Result.table($("table"), result)
		Result.axes($("chart-kind"), $("chart-x"), $("chart-y"), result, drawChart)
		for (const b of document.querySelectorAll(".download")) b.disabled = false
		if (!$("chart").hidden) drawChart()
	}
	function drawChart() {
		if (!result) return
		Result.chart($("plot"), result, $("chart-kind").value, Number($("chart-x").value), [...$("chart-y").querySelectorAll(":checked")].map(box => Number(box.value)))
	}

	const tabs = {"as-table": "table", "as-chart": "chart"}
	function choose(id) {
		for (const [tab, panel] of Object.entries(tabs)) {
			$(tab).setAttribute("aria-selected", tab === id)
			$(tab).tabIndex = tab === id ? 0 : -1
			$(panel).hidden = tab !== id
		}
		if (id === "as-chart") drawChart()
	}
	for (const id of Object.keys(tabs)) {
		$(id).addEventListener("click", () => choose(id))
		$(id).addEventListener("keydown", e => {
			if (e.key !== "ArrowLeft" && e.key !== "ArrowRight") return
			const other = Object.keys(tabs).find(t => t !== id)
			choose(other)
			$(other).focus()
		})
	}
	for (const id of ["chart-kind", "chart-x"]) $(id).addEventListener("change", drawChart)

	async function download(button) {
		const format = button.dataset.format
		button.disabled = true
		wrong("")
		try {
			const answer = await post("/export", {sql: asked, format})
			if (!answer.ok) throw new Error(await reason(answer))
			const a = document.createElement("a")
			a.href = URL.createObjectURL(await answer.blob())
			a.download = "result." + format
			a.click()
			setTimeout(() => URL.revokeObjectURL(a.href), 60000)
		} catch (e) { wrong(e.message) } finally { button.disabled = false }
	}
	for (const b of document.querySelectorAll(".download")) b.addEventListener("click", () => download(b))

	$("run").addEventListener("click", run)
	$("cancel").addEventListener("click", () => running?.abort())
	$("share").addEventListener("click", async () => {
		const link = new URL(location.href)
		link.hash = new URLSearchParams({q: editor.text()})
		history.replaceState(null, "", link)
		try { await navigator.clipboard.writeText(link.href); $("share").textContent = "Copied" } catch { $("share").textContent = "It is in the address" }
		setTimeout(() => { $("share").textContent = "Copy link" }, 2000)
	})

	const open = sql => { editor.set(sql); editor.focus(); run() }
	for (const b of document.querySelectorAll("#ready button")) b.addEventListener("click", () => open(b.dataset.sql))
	Saved.list($("saved"), feed, open)
	$("save").addEventListener("click", () => { $("called").value = ""; $("name").returnValue = ""; $("name").showModal() })
	$("no").addEventListener("click", () => $("name").close())
	$("name").addEventListener("close", () => {
		if ($("name").returnValue !== "save" || !$("called").value.trim()) return
		Saved.add(feed, $("called").value.trim(), editor.text())
		Saved.list($("saved"), feed, open)
	})

	const quote = name => /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`
	const called = r => (r.schema === "main" ? "" : quote(r.schema) + ".") + quote(r.name)
	function item(text, type, insert) {
		const b = document.createElement("button"), small = document.createElement("small")
		b.type = "button"
		small.textContent = type
		b.append(text, small)
		b.addEventListener("click", () => editor.insert(insert))
		return b
	}
	function tree(relations, wanted) {
		const has = text => text.toLowerCase().includes(wanted)
		const groups = new Map()
		for (const r of relations) {
			const columns = has(r.name) ? r.columns : r.columns.filter(c => has(c.name))
			if (!columns.length) continue
			const d = document.createElement("details"), s = document.createElement("summary"), add = document.createElement("button")
			d.open = !!wanted && !has(r.name)
			s.append(r.name)
			add.type = "button"
			add.className = "drop"
			add.textContent = "+"
			add.setAttribute("aria-label", "Insert " + r.name)
			add.addEventListener("click", e => { e.preventDefault(); editor.text().trim() ? editor.insert(called(r)) : open(`FROM ${called(r)} LIMIT 100`) })
			s.append(add)
			d.append(s, ...columns.map(c => item(c.name, c.type.toLowerCase(), quote(c.name))))
			if (!groups.has(r.schema)) groups.set(r.schema, [])
			groups.get(r.schema).push(d)
		}
		$("schema").replaceChildren(...[...groups].flatMap(([name, tables]) => {
			const h = document.createElement("h3")
			h.textContent = name
			return [h, ...tables]
		}))
	}
	async function schema() {
		try {
			const answer = await fetch(api + "/schema")
			if (!answer.ok) throw new Error(await reason(answer))
			const {relations} = await answer.json()
			tree(relations, "")
			editor.schema(Object.fromEntries(relations.map(r => [(r.schema === "main" ? "" : r.schema + ".") + r.name, r.columns.map(c => c.name)])))
			$("find").addEventListener("input", () => tree(relations, $("find").value.trim().toLowerCase()))
		} catch (e) {
			const p = document.createElement("p")
			p.className = "wrong"
			p.textContent = e.message
			$("schema").replaceChildren(p)
		}
	}
	window.addEventListener("hashchange", () => {
		const q = new URLSearchParams(location.hash.slice(1)).get("q")
		if (q !== null && q !== editor.text()) open(q)
	})
	if (matchMedia("(max-width: 60rem)").matches) for (const d of document.querySelectorAll(".side .panel")) d.open = false
	schema()
	if (linked) run()
	else editor.focus()
})
