// A result as a table that can be sorted, and as a chart.
"use strict";
const Result = (() => {
	const whole = /^-?\d+$/

	// compare orders two values of a kind; NULL comes last either way.
	function compare(kind, down) {
		const turn = down ? -1 : 1
		return (a, b) => {
			if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1
			if (kind === "number") {
				const x = Number(a), y = Number(b)
				if (x !== y || !whole.test(a) || !whole.test(b)) return turn * (x - y || 0)
				return turn * (BigInt(a) < BigInt(b) ? -1 : BigInt(a) > BigInt(b) ? 1 : 0) // beyond 2^53
			}
			return turn * (a < b ? -1 : a > b ? 1 : 0)
		}
	}

	function body(table, result, rows) {
		const fresh = document.createElement("tbody")
		for (const row of rows) {
			const tr = document.createElement("tr")
			row.forEach((value, i) => {
				const td = document.createElement("td")
				if (result.columns[i].kind === "number") td.className = "n"
				if (value === null) { td.textContent = "NULL"; td.classList.add("null") } else {
					td.textContent = value
					if (value.length > 60) td.title = value
				}
				tr.append(td)
			})
			fresh.append(tr)
		}
		table.tBodies[0]?.remove()
		table.append(fresh)
	}

	function table(box, result) {
		const t = document.createElement("table"), head = t.createTHead().insertRow()
		let by = -1, down = false
		result.columns.forEach((c, i) => {
			const th = document.createElement("th"), button = document.createElement("button"), type = document.createElement("small")
			th.scope = "col"
			if (c.kind === "number") th.className = "n"
			button.type = "button"
			type.textContent = c.type.toLowerCase()
			button.append(c.name, type)
			button.addEventListener("click", () => {
				down = by === i && !down
				by = i
				for (const other of head.cells) other.removeAttribute("aria-sort")
				th.setAttribute("aria-sort", down ? "descending" : "ascending")
				const order = compare(c.kind, down)
				body(t, result, [...result.rows].sort((a, b) => order(a[i], b[i])))
			})
			th.append(button)
			head.append(th)
		})
		body(t, result, result.rows)
		box.replaceChildren(t)
		box.scrollTo(0, 0)
	}

	// axes fills the choices of a chart: across time, or the first column that is no number; the numbers as values,
	// of which one is chosen. Times are drawn as lines.
	function axes(kind, x, y, result, changed) {
		const find = test => result.columns.findIndex(test)
		const time = find(c => c.kind === "time"), name = find(c => c.kind !== "number")
		const across = time >= 0 ? time : Math.max(0, name)
		kind.value = time >= 0 && result.rows.length > 20 ? "line" : "bars"
		x.replaceChildren(...result.columns.map((c, i) => new Option(c.name, i, i === across, i === across)))
		const numbers = result.columns.map((c, i) => [c, i]).filter(([c, i]) => c.kind === "number" && i !== across)
		y.replaceChildren(...numbers.map(([c, i], n) => {
			const label = document.createElement("label"), box = document.createElement("input")
			box.type = "checkbox"
			box.value = i
			box.checked = n === 0
			box.addEventListener("change", changed)
			label.append(box, c.name)
			return label
		}))
	}

	let takeAway = null
	function chart(box, result, kind, x, ys) {
		takeAway?.()
		takeAway = null
		box.replaceChildren()
		if (!ys.length || !result.rows.length) {
			const note = document.createElement("p")
			note.className = "sub"
			note.textContent = "A chart needs a column of numbers and a row."
			box.append(note)
			return
		}
		const rows = result.rows.slice(0, 2000)
		takeAway = Chart.draw(box, {
			kind, labels: rows.map(r => r[x] ?? "NULL"), about: "The result as a chart",
			series: ys.map(i => ({label: result.columns[i].name, values: rows.map(r => r[i] === null ? null : Number(r[i]))})),
		})
	}
	return {table, axes, chart}
})()
