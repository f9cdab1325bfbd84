// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Tables that sort by any column and show only rows with a text; a long one shows its first rows.
import { html } from "./dom.js";

const FIRST = 25; // rows that are shown before somebody asks for more

function cellValue(cell) {
	return cell.dataset.v === undefined ? cell.textContent.toLowerCase() : Number(cell.dataset.v);
}

class Table {
	constructor(element) {
		this.element = element;
		this.body = element.tBodies[0];
		this.rows = [...this.body.rows];
		this.texts = this.rows.map((row) => row.textContent.toLowerCase());
		this.numbers = new Map(this.rows.map((row, i) => [row, i]));
		this.matching = this.rows.length;
		this.all = false;
		this.words = "";
		element.classList.add("alive");
		this.more = html("button", { type: "button", class: "more" });
		this.more.addEventListener("click", () => {
			this.all = !this.all;
			this.show();
		});
		element.closest(".scroll").after(this.more);
		[...element.tHead.rows[0].cells].forEach((cell, column) => this.makeSortable(cell, column));
		this.show();
	}

	makeSortable(cell, column) {
		const button = html("button", { type: "button" }, ...cell.childNodes);
		cell.replaceChildren(button);
		button.addEventListener("click", () => this.sort(cell, column));
	}

	// Numbers begin with the largest, texts with a; a second click turns that round.
	sort(cell, column) {
		const first = cell.classList.contains("n") ? "descending" : "ascending";
		const second = first === "descending" ? "ascending" : "descending";
		const order = cell.getAttribute("aria-sort") === first ? second : first;
		for (const other of this.element.tHead.rows[0].cells)
			other.removeAttribute("aria-sort");
		cell.setAttribute("aria-sort", order);
		const sign = order === "ascending" ? 1 : -1;
		const keys = new Map(this.rows.map((row) => [row, cellValue(row.cells[column])]));
		this.rows.sort((a, b) => {
			const [left, right] = [keys.get(a), keys.get(b)];
			return sign * (typeof left === "number" ? left - right : left.localeCompare(right)) ||
				this.numbers.get(a) - this.numbers.get(b);
		});
		this.body.append(...this.rows);
		this.show();
	}

	filter(words) {
		this.words = words;
		this.show();
	}

	show() {
		let shown = 0;
		this.matching = 0;
		for (const row of this.rows) {
			const matches = this.texts[this.numbers.get(row)].includes(this.words);
			this.matching += matches;
			row.hidden = !matches || (!this.all && shown >= FIRST);
			shown += !row.hidden;
		}
		this.more.hidden = this.matching <= FIRST;
		this.more.textContent = this.all ? `Show only the first ${FIRST}` : `Show all ${this.matching.toLocaleString("en")} rows`;
		this.element.closest("section").classList.toggle("none", this.matching === 0);
	}
}

// Returns what shows only rows with these words, and goes there.
export function startTables() {
	const tables = [...document.querySelectorAll("#tables table")].map((element) => new Table(element));
	const form = document.getElementById("search");
	const input = document.getElementById("filter");
	const found = document.getElementById("found");
	if (!form)
		return () => {};
	const apply = () => {
		const words = input.value.trim().toLowerCase();
		for (const table of tables)
			table.filter(words);
		const rows = tables.reduce((sum, table) => sum + table.matching, 0);
		found.textContent = words ? `${rows.toLocaleString("en")} row${rows === 1 ? "" : "s"}` : "";
	};
	form.hidden = false;
	form.addEventListener("submit", (event) => event.preventDefault());
	input.addEventListener("input", apply);
	return (words) => {
		input.value = words;
		apply();
		form.scrollIntoView({ block: "start" });
		input.focus({ preventScroll: true });
	};
}
