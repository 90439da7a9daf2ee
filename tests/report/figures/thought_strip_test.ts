import { assertEquals } from "@std/assert";
import type { RecordedThought } from "../../../src/evaluation/recorded_thought.ts";
import { thoughtStrip, thoughtTable } from "../../../src/report/figures/thought_strip.ts";
import { all, parse } from "../document.ts";

const MIXED: RecordedThought = {
  token: " a",
  entropy: 0.934,
  seen: [[" a", 0.436, 0.842, 0.773], ["<b>", 0.501, 0.158, -0.466], ["\n", 0.034, 0, 1.174]],
};
const NOISY: RecordedThought = {
  token: "4",
  entropy: 0.67,
  seen: [["4", 0.63, 0.63, null], ["8", 0.37, 0.37, null]],
  nearest: [["4", 0.834], ["8", 0.701]],
  noiseShare: 0.31,
};
const HARD: RecordedThought = { token: "4", entropy: 0, seen: [["4", 1, 1, null]] };

Deno.test("a column names the heaviest token and the second with their weights, the entropy and the noise", () => {
  const [column] = all(parse(String(thoughtStrip([MIXED], "arm, step by step"))), "li");
  assertEquals(column.textContent, "␣a 84<b> 16H 0.93g +0.77");
  assertEquals(all(column, "i")[0].getAttribute("style"), "--a:84%;--b:100%");
});

Deno.test("a noisy embedding is named by its nearest token, and one token stands alone", () => {
  const columns = all(parse(String(thoughtStrip([NOISY, HARD], "arm"))), "li").map((node) => node.textContent);
  assertEquals(columns, ["4 63≈4 0.83H 0.67", "4 100H 0.00"]);
});

Deno.test("the table has every number of a step, with spaces made visible", () => {
  const document = parse(String(thoughtTable([MIXED], "Steps")));
  assertEquals(all(document, "thead th").map((node) => node.textContent), [
    "step",
    "fed, percent",
    "expected, percent",
    "entropy, nats",
    "Gumbel noise",
  ]);
  assertEquals(all(document, "tbody tr > *").map((node) => node.textContent), [
    "1",
    "␣a 84 · <b> 16",
    "<b> 50 · ␣a 44 · ⏎ 3",
    "0.93",
    "␣a +0.77 · <b> −0.47 · ⏎ +1.17",
  ]);
});

Deno.test("columns that no step has are left out, those that one has are there for all", () => {
  const document = parse(String(thoughtTable([NOISY, HARD], "Steps")));
  const rows = all(document, "tbody tr").map((row) => all(row, "td").map((node) => node.textContent));
  assertEquals(rows, [["4 63 · 8 37", "4 63 · 8 37", "0.67", "4 0.83 · 8 0.70", "0.31"], [
    "4 100",
    "4 100",
    "0.00",
    "",
    "–",
  ]]);
});
