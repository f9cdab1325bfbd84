// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Making elements, and writing numbers as the page does. Text goes in as text, never as markup.

const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
	for (const [name, value] of Object.entries(attributes)) {
		if (value !== undefined && value !== null && value !== false)
			element.setAttribute(name, value === true ? "" : value);
	}
	element.append(...children);
	return element;
}

export function html(tag, attributes = {}, ...children) {
	return fill(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes = {}, ...children) {
	return fill(document.createElementNS(SVG, tag), attributes, children);
}

// 1234567 -> "1.23 MB", three digits and powers of 1000
export function size(bytes) {
	const units = ["B", "kB", "MB", "GB", "TB", "PB"];
	let unit = 0;
	while (bytes >= 999.5 && unit < units.length - 1) {
		bytes /= 1000;
		unit++;
	}
	const digits = unit === 0 || bytes >= 99.95 ? 0 : bytes >= 9.995 ? 1 : 2;
	return `${bytes.toFixed(digits).replace(/\.0+$/, "")}\u00a0${units[unit]}`;
}

export function percent(part, whole) {
	const value = whole ? (100 * part) / whole : 0;
	return value > 0 && value < 1 ? "under\u00a01\u00a0%" : `${Math.round(value)}\u00a0%`;
}

// Cuts a name to about so many pixels of small type, and no escape (\xNN) in two.
export function cut(text, pixels) {
	const letters = Math.max(4, Math.floor(pixels / 6.6));
	const all = [...text];
	return all.length <= letters ? text : `${all.slice(0, letters - 1).join("").replace(/\\(x[0-9a-f]?)?$/, "")}\u2026`;
}

// Draws again when the width changes, and only then.
export function onResize(element, draw) {
	let width = 0;
	new ResizeObserver(() => {
		const now = element.clientWidth;
		if (now !== width && now > 0) {
			width = now;
			draw(now);
		}
	}).observe(element);
}
