// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Brings the report to life: pictures, tables that sort and filter, light or dark.
import { onResize } from "./dom.js";
import { drawFlow } from "./flow.js";
import { drawMap } from "./map.js";
import { startTables } from "./tables.js";
import { drawTimeline } from "./timeline.js";

function startTheme() {
	const button = document.getElementById("theme");
	const root = document.documentElement;
	const system = matchMedia("(prefers-color-scheme: dark)");
	const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
	const say = () => {
		button.textContent = isDark() ? "Light" : "Dark";
		button.setAttribute("aria-label", `Switch to ${isDark() ? "light" : "dark"} colours`);
	};
	button.hidden = false;
	button.addEventListener("click", () => {
		root.dataset.theme = isDark() ? "light" : "dark";
		say();
	});
	system.addEventListener("change", say);
	say();
}

function startPictures(data, choose) {
	const pictures = document.getElementById("pictures");
	if (!pictures)
		return;
	const draws = { flow: drawFlow, map: drawMap, timeline: drawTimeline };
	const measure = () => Number(document.querySelector("input[name=measure]:checked").value);
	pictures.hidden = false;
	for (const [id, draw] of Object.entries(draws)) {
		const element = document.getElementById(id);
		if (!element || (id === "timeline" && !data.timeline))
			continue;
		const again = () => draw(element, data, measure(), element.clientWidth, choose);
		onResize(element, again);
		for (const input of document.querySelectorAll("input[name=measure]"))
			input.addEventListener("change", again);
	}
}

startTheme();
startPictures(JSON.parse(document.getElementById("data").textContent), startTables());
