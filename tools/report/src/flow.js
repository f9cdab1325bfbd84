// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The flow picture: bands from apps over operators to countries.
import { sankey, sankeyJustify, sankeyLinkHorizontal } from "d3-sankey";

import { cut, percent, size, svg } from "./dom.js";

const COLUMNS = ["app", "operator", "country"];

// The name of a node: one of the list, or all others together.
function nameOf(data, column, index) {
	const lists = [data.apps.map((app) => app[0]), data.operators, data.countries.map((country) => country[1])];
	const totals = [data.apps_count, data.operators_count, data.countries_count];
	const words = [["app", "apps"], ["operator", "operators"], ["country", "countries"]];
	const shown = data.shown[column];
	const others = totals[column] - shown;
	return index < shown ? lists[column][index] : `${others} other ${words[column][others === 1 ? 0 : 1]}`;
}

// Nodes in use and links between them; a link of the picture is the sum of all that it stands for.
function graph(data, measure) {
	const nodes = new Map();
	const links = new Map();
	function node(column, index) {
		const id = `${column}:${index}`;
		if (!nodes.has(id)) {
			nodes.set(id, { id, column, rank: index, others: index >= data.shown[column], name: nameOf(data, column, index) });
		}
		return id;
	}
	function add(source, target, app, value) {
		const id = `${source}>${target}>${app}`;
		if (!links.has(id))
			links.set(id, { source, target, app, value: 0 });
		links.get(id).value += value;
	}
	for (const [app, operator, country, ...bytes] of data.links) {
		if (bytes[measure] <= 0)
			continue;
		const middle = node(1, operator);
		add(node(0, app), middle, app, bytes[measure]);
		add(middle, node(2, country), app, bytes[measure]);
	}
	return { nodes: [...nodes.values()], links: [...links.values()] };
}

function byRank(a, b) {
	return a.column - b.column || a.others - b.others || b.value - a.value || a.rank - b.rank;
}

export function drawFlow(element, data, measure, width, choose) {
	const narrow = width < 560;
	const margin = { top: 28, bottom: 8, left: narrow ? 92 : 190, right: narrow ? 92 : 190 };
	const { nodes, links } = graph(data, measure);
	element.replaceChildren();
	if (!links.length) {
		element.append("Nothing to draw.");
		return;
	}
	const most = Math.max(...[0, 1, 2].map((column) => nodes.filter((node) => node.column === column).length));
	const height = Math.max(narrow ? 340 : 300, most * (narrow ? 38 : 42)) + margin.top;
	const layout = sankey().nodeId((node) => node.id).nodeWidth(narrow ? 8 : 12)
		.nodePadding(20).nodeAlign(sankeyJustify).nodeSort(byRank)
		.linkSort((a, b) => a.app - b.app || a.source.rank - b.source.rank || a.target.rank - b.target.rank)
		.extent([[margin.left, margin.top], [width - margin.right, height - margin.bottom]]);
	layout({ nodes, links });

	const total = links.filter((link) => link.source.column === 0).reduce((sum, link) => sum + link.value, 0);
	const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "group", "aria-labelledby": "h-flow" });
	const path = sankeyLinkHorizontal();
	const bands = svg("g", { class: "bands" });
	for (const link of links) {
		link.element = svg("path", { d: path(link), class: `band c${Math.min(link.app, 6)}`, "stroke-width": Math.max(1, link.width) },
			svg("title", {}, `${link.source.name} \u2192 ${link.target.name}: ${size(link.value)}`));
		bands.append(link.element);
	}
	picture.append(bands);
	COLUMNS.forEach((column, i) => {
		const x = [0, width / 2, width][i];
		picture.append(svg("text", { class: "head", x, y: 12, "text-anchor": ["start", "middle", "end"][i] }, column));
	});
	for (const node of nodes)
		picture.append(drawNode(node, links, { width, narrow, margin, total, choose, bands }));
	element.append(picture);
}

// Where a node's label stands: beside the outer ones, on the bands for those in the middle.
function place(node, { width, narrow, margin }) {
	const y = (node.y0 + node.y1) / 2;
	if (node.column === 0)
		return { x: node.x0 - 8, y, anchor: "end", room: margin.left - 10 };
	if (node.column === 2)
		return { x: node.x1 + 8, y, anchor: "start", room: margin.right - 10 };
	return { x: node.x1 + 6, y, anchor: "start", room: (width - margin.left - margin.right) / 2 - (narrow ? 24 : 40) };
}

function touches(link, node) {
	if (node.column === 0)
		return link.app === node.rank;
	return link.source === node || link.target === node;
}

// Everything an app's bytes go through; of an operator or country, what comes and goes.
function highlight(node, links, bands, on) {
	bands.classList.toggle("dim", on);
	for (const link of links)
		link.element.classList.toggle("on", on && touches(link, node));
}

function drawNode(node, links, where) {
	const { x, y, anchor, room } = place(node, where);
	const bytes = `${size(node.value)}, ${percent(node.value, where.total)}`;
	const value = where.narrow ? "" : size(node.value);
	const label = svg("text", { class: "label", x, y, "text-anchor": anchor, "dominant-baseline": "central" },
		cut(node.name, room - value.length * 6.6), svg("tspan", { class: "value", dx: value ? "0.5em" : null }, value));
	const group = svg("g", {
		class: "node",
		tabindex: node.others ? null : 0,
		role: node.others ? "img" : "button",
		"aria-label": `${COLUMNS[node.column]} ${node.name}: ${bytes}`,
	}, svg("title", {}, `${node.name}: ${bytes}`),
	svg("rect", {
		class: node.column === 0 ? `c${Math.min(node.rank, 6)}` : "bar",
		x: node.x0, y: node.y0, width: node.x1 - node.x0, height: Math.max(1, node.y1 - node.y0),
	}), label);
	for (const event of ["mouseenter", "focus"])
		group.addEventListener(event, () => highlight(node, links, where.bands, true));
	for (const event of ["mouseleave", "blur"])
		group.addEventListener(event, () => highlight(node, links, where.bands, false));
	if (!node.others) {
		group.addEventListener("click", () => where.choose(node.name));
		group.addEventListener("keydown", (event) => {
			if (event.key === "Enter" || event.key === " ") {
				event.preventDefault();
				where.choose(node.name);
			}
		});
	}
	return group;
}
