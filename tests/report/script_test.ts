import { assert, assertEquals } from "@std/assert";
import { enhanceTables } from "../../src/report/enhance_tables.js";
import { markup } from "../../src/report/markup.ts";
import { dataTable } from "../../src/report/parts.ts";
import { SCRIPT, SCRIPT_HASH } from "../../src/report/script.ts";
import { all, type Node, parse } from "./document.ts";

/** What the tests do to a page. */
interface Live extends Node {
  value: string;
  hidden: boolean;
  dispatchEvent(event: Event): boolean;
}

const VALUES = ["–", "9.0", "−10.0", "101.0", "+1,000", "0.5", "−2.0", "7.0"];

function page(): Node {
  const rows = VALUES.map((value, i) => [`arm ${i}`, { content: markup`${value}<span>0–200</span>` }]);
  const document = parse(
    `<html><body>${dataTable({ caption: "Scores", head: ["arm", "Pass@1"], rows })}</body></html>`,
  );
  enhanceTables(document);
  return document;
}

/** Of the document's own kind. */
function eventOf(document: Node, name: string): Event {
  const { Event } = (document as unknown as { defaultView: { Event: typeof globalThis.Event } }).defaultView;
  return new Event(name);
}

const firstCells = (document: Node) =>
  all(document, "tbody tr").map((row) => all(row, "td")[0].textContent.split("0–")[0]);

Deno.test("a click on a head sorts by number, the greatest first, then the other way, and what has none stays last", () => {
  const document = page();
  const [, button] = all(document, "thead button") as Live[];
  button.dispatchEvent(eventOf(document, "click"));
  assertEquals(firstCells(document), ["+1,000", "101.0", "9.0", "7.0", "0.5", "−2.0", "−10.0", "–"]);
  assertEquals(all(document, "thead th").map((head) => head.getAttribute("aria-sort")), [null, "descending"]);
  button.dispatchEvent(eventOf(document, "click"));
  assertEquals(firstCells(document), ["−10.0", "−2.0", "0.5", "7.0", "9.0", "101.0", "+1,000", "–"]);
});

Deno.test("times, dates and hashes are sorted as text, in which numbers count as such", () => {
  const values = ["1:20", "12:05", "2:01"];
  const rows = values.map((value, i) => [`arm ${i}`, value]);
  const document = parse(`<html><body>${dataTable({ caption: "Times", head: ["arm", "took"], rows })}</body></html>`);
  enhanceTables(document);
  const [, button] = all(document, "thead button") as Live[];
  button.dispatchEvent(eventOf(document, "click"));
  assertEquals(all(document, "tbody td").map((cell) => cell.textContent), ["1:20", "2:01", "12:05"]);
});

Deno.test("a filter leaves the rows that hold all its words, and says how many", () => {
  const document = page();
  const [input] = all(document, "input") as Live[];
  input.value = " ARM 10";
  input.dispatchEvent(eventOf(document, "input"));
  const shown = (all(document, "tbody tr") as Live[]).filter((row) => !row.hidden);
  assertEquals(shown.map((row) => all(row, "th")[0].textContent), ["arm 2", "arm 3"]);
  assertEquals(all(document, "output")[0].textContent, "2 of 8");
});

Deno.test("the script fits into a page and its policy", () => {
  assert(!/<\/script|<!--/i.test(SCRIPT), "would end the element");
  assertEquals(SCRIPT_HASH.length, "sha256-".length + 44);
});
