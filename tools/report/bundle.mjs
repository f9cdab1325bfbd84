// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Bundles the report's script and style with esbuild, and takes out of the world's map what the
// report needs. Writes style.txt, script.txt, policy.txt and countries.txt for tools/embed.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const out = resolve(process.argv[2]);
const modules = join(out, "npm", "node_modules");
const need = createRequire(join(out, "npm", "package.json"));
const esbuild = need("esbuild");
const topojson = need("topojson-client");
const geo = await import(pathToFileURL(join(modules, "d3-geo", "src", "index.js")));
const json = (path) => JSON.parse(readFileSync(join(modules, path), "utf8"));

// --- the map: outlines of the coarse one, the middles of all countries of the finer one ---

const codes = new Map(json("i18n-iso-countries/codes.json").map(([alpha2, , numeric]) => [numeric, alpha2]));

// Without its far islands: the middle of France is in France.
function largestPart(geometry) {
	if (geometry.type !== "MultiPolygon")
		return geometry;
	const parts = geometry.coordinates.map((coordinates) => ({ type: "Polygon", coordinates }));
	return parts.reduce((a, b) => (geo.geoArea(a) > geo.geoArea(b) ? a : b));
}

function middles() {
	const fine = json("world-atlas/countries-50m.json");
	const found = {};
	for (const country of topojson.feature(fine, fine.objects.countries).features) {
		const code = codes.get(country.id);
		if (!code || found[code])
			continue;
		found[code] = geo.geoCentroid(largestPart(country.geometry)).map((degrees) => Math.round(degrees * 10) / 10);
	}
	return found;
}

function outlines() {
	const coarse = json("world-atlas/countries-110m.json");
	const { countries } = coarse.objects;
	countries.geometries = countries.geometries
		.filter((geometry) => geometry.id !== "010") // nobody sends anything to Antarctica
		.map(({ type, id, arcs }) => ({ type, id: codes.get(id), arcs }));
	return { type: coarse.type, transform: coarse.transform, arcs: coarse.arcs, objects: { countries } };
}

const world = {
	name: "world",
	setup(build) {
		build.onResolve({ filter: /^world$/ }, () => ({ path: "world", namespace: "world" }));
		build.onLoad({ filter: /.*/, namespace: "world" }, () => ({
			contents: JSON.stringify({ topology: outlines(), middles: middles() }),
			loader: "json",
		}));
	},
};

// --- bundling ---

async function bundle(entry, options) {
	const result = await esbuild.build({
		entryPoints: [join(here, "src", entry)],
		bundle: true,
		minify: true,
		write: false,
		metafile: true,
		charset: "ascii",
		legalComments: "none",
		nodePaths: [modules],
		absWorkingDir: out,
		logLevel: "warning",
		...options,
	});
	return { text: result.outputFiles[0].text.trim(), inputs: Object.keys(result.metafile.inputs) };
}

// The text of each package's licence that is in the bundle.
function licences(inputs) {
	const packages = new Set(["world-atlas"]);
	for (const input of inputs) {
		const found = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input);
		if (found)
			packages.add(found[1]);
	}
	return [...packages].sort().map((name) => {
		const { version } = json(`${name}/package.json`);
		const text = readFileSync(join(modules, name, "LICENSE"), "utf8").trim();
		return `${name} ${version}\n\n${text}`;
	}).join("\n\n----\n\n").replaceAll("*/", "* /").replaceAll("<", "(").replaceAll(">", ")");
}

function hash(text) {
	return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

const script = await bundle("main.js", { format: "iife", target: "es2020", plugins: [world] });
const style = await bundle("page.css", {});
if (/<\/(script|style)|<!--/i.test(script.text + style.text))
	throw new Error("the bundle would end its own element");
const files = {
	script: `/*\n${licences(script.inputs)}\n*/\n${script.text}\n`,
	style: `${style.text}\n`,
};
files.policy = `default-src 'none'; script-src ${hash(files.script)}; style-src ${hash(files.style)}; ` +
	"base-uri 'none'; form-action 'none'\n";
const names = new Intl.DisplayNames(["en"], { type: "region" });
files.countries = [...codes.values()].sort().map((code) => `${code} ${names.of(code)}\n`).join("");
for (const [name, text] of Object.entries(files))
	writeFileSync(join(out, `${name}.txt`), text);
