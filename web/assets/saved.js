// Saved queries, in the browser's own store, for each feed.
"use strict";
const Saved = (() => {
	const key = feed => "smew.saved." + feed

	function all(feed) {
		try { return JSON.parse(localStorage.getItem(key(feed))) ?? [] } catch { return [] }
	}
	function store(feed, list) {
		try { localStorage.setItem(key(feed), JSON.stringify(list)) } catch { /* full, or not allowed */ }
	}
	function add(feed, name, sql) {
		store(feed, [...all(feed).filter(q => q.name !== name), {name, sql}].sort((a, b) => a.name.localeCompare(b.name)))
	}
	function remove(feed, name) { store(feed, all(feed).filter(q => q.name !== name)) }

	// list fills ul; open is called with the SQL of a query that is chosen.
	function list(ul, feed, open) {
		const items = all(feed).map(q => {
			const li = document.createElement("li"), choose = document.createElement("button"), drop = document.createElement("button"), name = document.createElement("b")
			name.textContent = q.name
			choose.type = drop.type = "button"
			choose.append(name)
			choose.title = q.sql
			choose.addEventListener("click", () => open(q.sql))
			drop.textContent = "×"
			drop.className = "drop"
			drop.setAttribute("aria-label", "Forget " + q.name)
			drop.addEventListener("click", () => { remove(feed, q.name); list(ul, feed, open) })
			li.append(choose, drop)
			return li
		})
		if (!items.length) {
			const li = document.createElement("li")
			li.className = "sub"
			li.textContent = "Queries that you save stay in this browser."
			items.push(li)
		}
		ul.replaceChildren(...items)
	}
	return {add, list}
})()
