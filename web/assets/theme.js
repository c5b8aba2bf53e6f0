// Dark, light, or as the system has it; before anything is drawn.
"use strict";
(() => {
	const root = document.documentElement
	const themes = ["system", "light", "dark"]
	const stored = () => { try { return localStorage.getItem("smew.theme") } catch { return null } }
	const apply = theme => {
		if (theme === "light" || theme === "dark") root.dataset.theme = theme
		else delete root.dataset.theme
		window.dispatchEvent(new Event("smew:theme"))
	}
	apply(stored())
	matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => window.dispatchEvent(new Event("smew:theme")))
	document.addEventListener("DOMContentLoaded", () => {
		const button = document.getElementById("theme")
		const name = theme => button.setAttribute("aria-label", "Theme: " + (theme === "system" ? "as the system" : theme))
		name(stored() ?? "system")
		button.addEventListener("click", () => {
			const theme = themes[(themes.indexOf(stored() ?? "system") + 1) % themes.length]
			try { localStorage.setItem("smew.theme", theme) } catch { /* it lasts for this page */ }
			apply(theme)
			name(theme)
			button.title = "Theme: " + theme
		})
	})
})()
