// A link to a query has it in its fragment, which browsers keep for themselves: it goes along with the token.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
	const longest = 16000 // of what the server takes
	if (location.hash && location.hash.length < longest) document.getElementById("fragment").value = location.hash.slice(1)
})
