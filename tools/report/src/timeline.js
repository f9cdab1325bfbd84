// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The timeline: a small chart for each app, all on one axis of time.
import { scaleLinear, scaleUtc } from "d3-scale";
import { area, curveStepAfter } from "d3-shape";

import { cut, size, svg } from "./dom.js";

const ROW = 44;
const GAP = 14;

// Steps that are long beside the axis' marks say their day, others the time.
function mark(date, span) {
	const day = date.toLocaleDateString("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
	const time = date.toISOString().slice(11, 16);
	return span > 2 * 86400e3 || time === "00:00" ? day : time;
}

export function drawTimeline(element, data, measure, width) {
	const { start, step, steps, series } = data.timeline;
	const narrow = width < 560;
	const left = narrow ? 0 : 150;
	const right = narrow ? 4 : 100;
	const head = narrow ? 16 : 0;
	const end = start + step * steps;
	const x = scaleUtc().domain([start, end]).range([left, width - right]);
	const shown = series.map((bytes, i) => ({ bytes: bytes[measure], app: data.apps[i], index: i }))
		.filter(({ bytes }) => bytes.some((value) => value > 0));
	const height = shown.length * (ROW + GAP + head) + 24;
	const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "group", "aria-labelledby": "h-timeline" });
	for (const [from, to] of data.gaps) {
		const a = x(Math.max(from, start));
		const b = x(Math.min(to, end));
		if (b > a)
			picture.append(svg("rect", { class: "gap", x: a, y: 0, width: Math.max(1, b - a), height: height - 22 }));
	}
	const marks = x.ticks(narrow ? 4 : 8);
	for (const tick of marks) {
		picture.append(
			svg("line", { class: "grid", x1: x(tick), x2: x(tick), y1: 0, y2: height - 20 }),
			svg("text", { class: "axis", x: Math.min(Math.max(x(tick), left + 16), width - 18), y: height - 6, "text-anchor": "middle" }, mark(tick, end - start)),
		);
	}
	shown.forEach(({ bytes, app, index }, row) => {
		const top = row * (ROW + GAP + head) + head;
		picture.append(drawRow(bytes, app, index, { x, top, left, right, width, narrow, start, step, measure }));
	});
	element.replaceChildren(picture);
}

function drawRow(bytes, app, index, { x, top, left, right, width, narrow, start, step, measure }) {
	const peak = bytes.reduce((most, value) => Math.max(most, value), 0);
	const y = scaleLinear().domain([0, peak]).range([top + ROW, top + 4]);
	const points = [...bytes, bytes[bytes.length - 1]];
	const shape = area().x((_, i) => x(start + step * i)).y0(top + ROW).y1((value) => y(value)).curve(curveStepAfter);
	const when = new Date(start + step * bytes.indexOf(peak)).toISOString().slice(0, 16).replace("T", " ");
	const text = `${app[0]}: ${size(app[2 + measure])} in all; the most at once ${size(peak)}, at ${when} UTC`;
	const row = svg("g", { role: "img", "aria-label": text },
		svg("title", {}, text),
		svg("line", { class: "base", x1: left, x2: width - right, y1: top + ROW, y2: top + ROW }),
		svg("path", { class: `area c${Math.min(index, 6)}`, d: shape(points) }));
	if (narrow) {
		row.append(svg("text", { class: "label", x: 0, y: top - 4 }, cut(app[0], width * 0.55)),
			svg("text", { class: "value", x: width, y: top - 4, "text-anchor": "end" }, `peak ${size(peak)}`));
	} else {
		row.append(svg("text", { class: "label", x: 0, y: top + ROW - 20 }, cut(app[0], left - 14)),
			svg("text", { class: "value", x: 0, y: top + ROW - 4 }, size(app[2 + measure])),
			svg("text", { class: "value", x: width, y: top + 12, "text-anchor": "end" }, `peak ${size(peak)}`));
	}
	return row;
}
