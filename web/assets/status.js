// The charts of the status page. They are drawn anew when a load has come in.
"use strict";
(() => {
	let drawn = "", takeAway = []

	const stamp = () => document.getElementById("stamp")?.dataset.stamp ?? ""

	async function refresh() {
		const section = document.getElementById("charts"), now = stamp()
		if (!section || now === drawn) return
		drawn = now
		let state
		try {
			const answer = await fetch(section.dataset.api)
			if (!answer.ok) throw new Error(answer.statusText)
			state = await answer.json()
		} catch { // the next refresh tries again
			if (drawn === now) drawn = ""
			return
		}
		const loads = state.history.slice(0, 60).reverse()
		const labels = loads.map(d => String(d.dump_id))
		const all = {
			rows: {kind: "bars", stack: true, about: "Rows by load", format: n => Chart.exact.format(n), series: [
				{label: "new", values: loads.map(d => d.rows_new)},
				{label: "replaced", values: loads.map(d => d.rows_replaced)},
				{label: "invalidated", values: loads.map(d => d.rows_invalidated)}]},
			seconds: {kind: "bars", about: "Load time in seconds", format: n => Chart.exact.format(n) + " s", axis: n => n + " s", series: [{label: "seconds", values: loads.map(d => d.seconds)}]},
			rate: {kind: "line", about: "Rows per second of each load", format: n => Chart.compact.format(n) + "/s", series: [
				{label: "rows per second", values: loads.map(d => d.seconds > 0 ? d.rows / d.seconds : null)}]},
		}
		takeAway.forEach(f => f())
		takeAway = []
		for (const box of section.querySelectorAll("[data-chart]"))
			takeAway.push(Chart.draw(box, {labels, step: "dump", ...all[box.dataset.chart]}))
	}

	document.addEventListener("DOMContentLoaded", refresh)
	document.addEventListener("htmx:after:swap", refresh)
})()
