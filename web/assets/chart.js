// Charts: bars and lines over named steps, by uPlot, in the page's colours.
"use strict";
const Chart = (() => {
	const probe = document.createElement("i")
	const colour = name => {
		document.body.append(probe)
		probe.style.color = `var(--${name})`
		const value = getComputedStyle(probe).color
		probe.remove()
		return value
	}
	const series = ["c1", "c2", "c3", "c4", "c5", "c6"]
	// compact writes as the page does: 12.3 k.
	const compact = {format: n => {
		let unit = 0
		while (Math.abs(n) >= 1000 && unit < 4) { n /= 1000; unit++ }
		return Number(n.toPrecision(3)) + (unit ? " " + " kMGT"[unit] : "")
	}}
	const exact = new Intl.NumberFormat("en", {maximumFractionDigits: 3})

	// stacked adds each series to those below it; what is drawn first is the highest.
	function stacked(values) {
		const out = []
		let below = new Array(values[0].length).fill(0)
		for (const v of values) {
			below = v.map((x, i) => (x ?? 0) + below[i])
			out.push(below)
		}
		return out
	}

	// beside puts the bars of each step next to each other: every series has places of its own across, and nothing elsewhere.
	function beside(values) {
		const n = values.length, wide = 0.76 / n, x = []
		const out = values.map(() => [])
		for (let i = 0; i < values[0].length; i++)
			for (let k = 0; k < n; k++) {
				x.push(i + (k - (n - 1) / 2) * wide)
				out.forEach((v, of) => v.push(of === k ? values[k][i] : null))
			}
		return [x, ...out]
	}

	function tooltip(step, labels, shown, format, places) {
		const tip = document.createElement("div")
		tip.className = "tip"
		tip.hidden = true
		return {hooks: {
			init: u => u.over.append(tip),
			setCursor: u => {
				const i = u.cursor.idx == null ? null : Math.floor(u.cursor.idx / places)
				if (i == null || u.cursor.left < 0 || labels[i] === undefined) { tip.hidden = true; return }
				tip.replaceChildren()
				const head = document.createElement("b")
				head.textContent = (step ? step + " " : "") + labels[i]
				tip.append(head)
				shown.forEach((s, k) => {
					const line = document.createElement("span"), dot = document.createElement("i")
					dot.style.background = colour(series[k % series.length])
					line.append(dot, (shown.length > 1 ? s.label + " " : "") + (s.values[i] == null ? "–" : format(s.values[i])))
					tip.append(line)
				})
				tip.hidden = false
				const left = u.valToPos(i, "x"), wide = tip.offsetWidth
				tip.style.left = Math.max(0, left + 12 + wide > u.over.clientWidth ? left - wide - 12 : left + 12) + "px"
				tip.style.top = "4px"
			},
		}}
	}

	function legend(box, shown) {
		if (shown.length < 2) return
		const list = document.createElement("ul")
		list.className = "legend"
		shown.forEach((s, k) => {
			const item = document.createElement("li"), dot = document.createElement("i")
			dot.style.background = colour(series[k % series.length])
			item.append(dot, s.label)
			list.append(item)
		})
		box.append(list)
	}

	// draw fills box. o: labels (of the steps), step (what they are), series ([{label, values}]), kind ("bars" or "line"),
	// stack (bars of what adds up, one on the other; else they stand side by side), format (of a value), about (for those who cannot see it). It returns what takes it away.
	function draw(box, o) {
		const format = o.format ?? exact.format, axis = o.axis ?? compact.format
		const style = getComputedStyle(document.body)
		const font = `12px ${style.fontFamily}`
		const bars = o.kind === "bars"
		const values = o.stack ? stacked(o.series.map(s => s.values)) : o.series.map(s => s.values)
		const places = bars && !o.stack ? o.series.length : 1 // of each step
		const order = o.series.map((_, k) => k)
		if (o.stack) order.reverse()
		const lines = order.map(k => {
			const c = colour(series[k % series.length])
			return {
				label: o.series[k].label, stroke: c, width: bars ? 0 : 2, fill: bars ? c : undefined, points: {show: !bars && o.labels.length < 60, size: 5, fill: c},
				paths: bars ? uPlot.paths.bars({size: places > 1 ? [1, 28] : [0.72, 28], radius: o.stack && k < o.series.length - 1 ? 0 : 0.15}) : uPlot.paths.linear(),
			}
		})
		const grid = {stroke: colour("grid"), width: 1}
		let plot
		const make = () => {
			plot?.destroy()
			box.replaceChildren()
			legend(box, o.series)
			plot = new uPlot({
				width: Math.max(200, box.clientWidth), height: box.classList.contains("tall") ? 360 : 190,
				padding: [10, 24, 0, 0], legend: {show: false},
				cursor: {y: false, drag: {x: false, y: false}, points: {show: !bars}},
				scales: {x: {time: false, range: [-0.6, o.labels.length - 0.4]}, y: {range: (_, min, max) => [Math.min(0, min), max > 0 ? max * 1.08 : 1]}},
				axes: [
					{stroke: colour("faint"), font, grid: {show: false}, ticks: {show: false}, size: 28, space: 70,
						splits: (u, i, min, max, incr) => { const all = []; for (let x = 0; x < o.labels.length; x += Math.max(1, Math.round(incr))) all.push(x); return all },
						values: (u, splits) => splits.map(i => short(o.labels[i] ?? ""))},
					{stroke: colour("faint"), font, grid, ticks: {show: false}, size: 54, values: (u, splits) => splits.map(axis)},
				],
				series: [{}, ...lines], plugins: [tooltip(o.step, o.labels, o.series, format, places)],
			}, places > 1 ? beside(values) : [o.labels.map((_, i) => i), ...order.map(k => values[k])], box)
			plot.root.setAttribute("role", "img")
			plot.root.setAttribute("aria-label", o.about)
		}
		make()
		let width = box.clientWidth
		const watch = new ResizeObserver(() => { if (Math.abs(box.clientWidth - width) > 2) { width = box.clientWidth; make() } })
		watch.observe(box)
		window.addEventListener("smew:theme", make)
		return () => { watch.disconnect(); window.removeEventListener("smew:theme", make); plot.destroy(); box.replaceChildren() }
	}

	const short = text => text.length > 12 ? text.slice(0, 11) + "…" : text
	return {draw, compact, exact}
})()
