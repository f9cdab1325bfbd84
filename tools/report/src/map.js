// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The world map: a circle for each country, its area the number of bytes.
import { geoEqualEarth, geoGraticule10, geoPath } from "d3-geo";
import { scaleSqrt } from "d3-scale";
import { feature, mesh } from "topojson-client";
import world from "world";

import { percent, size, svg } from "./dom.js";

const land = feature(world.topology, world.topology.objects.countries);
const borders = mesh(world.topology, world.topology.objects.countries, (a, b) => a !== b);
const sphere = { type: "Sphere" };

// [code, name, sent, received, apps] -> what is drawn of it
function spots(data, measure, projection) {
	return data.countries
		.filter(([code, , ...bytes]) => code && world.middles[code] && bytes[measure] > 0)
		.map(([code, name, sent, received, apps]) => {
			const [x, y] = projection(world.middles[code]);
			return { code, name, value: [sent, received][measure], apps, x, y };
		})
		.sort((a, b) => b.value - a.value);
}

// Labels of the largest, where there is room: a label never covers another one or a larger circle.
function labels(list, radius, width) {
	const taken = list.slice(0, 40).map((spot) => {
		const r = radius(spot.value) * 0.7;
		return [spot.x - r, spot.y - r, spot.x + r, spot.y + r, spot];
	});
	const found = [];
	for (const spot of list.slice(0, width < 560 ? 5 : 10)) {
		const r = radius(spot.value);
		const wide = spot.name.length * 6.4 + 4;
		const choices = [
			[spot.x + r + 3, spot.y, "start"], [spot.x - r - 3, spot.y, "end"],
			[spot.x, spot.y - r - 8, "middle"], [spot.x, spot.y + r + 9, "middle"],
		];
		for (const [x, y, anchor] of choices) {
			const left = anchor === "start" ? x : anchor === "end" ? x - wide : x - wide / 2;
			const box = [left, y - 8, left + wide, y + 8, spot];
			const free = left >= 0 && left + wide <= width && taken.every((other) => other[4] === spot ||
				box[2] < other[0] || box[0] > other[2] || box[3] < other[1] || box[1] > other[3]);
			if (!free)
				continue;
			taken.push([...box.slice(0, 4), null]);
			found.push({ name: spot.name, x, y, anchor });
			break;
		}
	}
	return found;
}

export function drawMap(element, data, measure, width, choose) {
	const projection = geoEqualEarth().fitWidth(width, { type: "MultiPoint", coordinates: [[-168, 0], [180, 0]] });
	const top = projection([0, 82])[1];
	const height = Math.ceil(projection([0, -56])[1] - top);
	projection.translate([projection.translate()[0], projection.translate()[1] - top]);
	const path = geoPath(projection);
	const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "group", "aria-labelledby": "h-map" });
	picture.append(
		svg("path", { class: "graticule", d: path(geoGraticule10()) }),
		svg("path", { class: "land", d: path(land) }),
		svg("path", { class: "borders", d: path(borders) }),
		svg("path", { class: "outline", d: path(sphere) }),
	);
	const list = spots(data, measure, projection);
	const total = data.countries.reduce((sum, country) => sum + country[2 + measure], 0);
	const radius = scaleSqrt().domain([0, list.length ? list[0].value : 1]).range([0, Math.max(14, width / 28)]);
	for (const spot of list) {
		const text = `${spot.name}: ${size(spot.value)}, ${percent(spot.value, total)}, ${spot.apps} app${spot.apps === 1 ? "" : "s"}`;
		const circle = svg("circle", {
			class: "spot", cx: spot.x, cy: spot.y, r: Math.max(2, radius(spot.value)),
			tabindex: 0, role: "button", "aria-label": text,
		}, svg("title", {}, text));
		circle.addEventListener("click", () => choose(spot.name));
		circle.addEventListener("keydown", (event) => {
			if (event.key === "Enter" || event.key === " ") {
				event.preventDefault();
				choose(spot.name);
			}
		});
		picture.append(circle);
	}
	for (const { name, x, y, anchor } of labels(list, radius, width))
		picture.append(svg("text", { class: "label", x, y, "text-anchor": anchor, "dominant-baseline": "central" }, name));
	element.replaceChildren(picture);
}
