(function () {
	"use strict";
	function all(what) { return Array.prototype.slice.call(document.querySelectorAll(what)); }
	function openWhatHas(id) {
		var e = id && document.getElementById(id), at = e;
		for (; at; at = at.parentElement)
			if (at.tagName === "DETAILS")
				at.open = true;
		if (e)
			e.scrollIntoView();
	}
	function follow() { openWhatHas(decodeURIComponent(location.hash.slice(1))); }
	window.addEventListener("hashchange", follow);
	if (location.hash)
		follow();
	var tools = document.getElementById("tools");
	if (!tools)
		return;
	var filter = document.getElementById("filter"), shown = document.getElementById("shown");
	var rows = all(".index tbody tr"), functions = all("details.function");
	tools.hidden = false;
	filter.addEventListener("input", function () {
		var wanted = filter.value.toLowerCase(), n = 0;
		rows.forEach(function (row, i) {
			var has = row.textContent.toLowerCase().indexOf(wanted) >= 0;
			row.hidden = !has;
			functions[i].hidden = !has;
			n += has;
		});
		shown.textContent = n + " of " + rows.length;
	});
	function setOpen(open) { functions.forEach(function (f) { if (!f.hidden) f.open = open; }); }
	document.getElementById("open").addEventListener("click", function () { setOpen(true); });
	document.getElementById("close").addEventListener("click", function () { setOpen(false); });
})();
