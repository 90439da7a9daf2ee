import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { sampleSection, thoughtFigure } from "../../../src/report/sections/samples.ts";
import type { SampleSet } from "../../../src/report/sample_sets.ts";
import type { Sample } from "../../../src/evaluation/sample.ts";
import { all, parse } from "../document.ts";

const sample: Sample = {
  problem: "add/0000",
  sample: 3,
  seed: 1,
  text: "30+10",
  answer: "1/2",
  canonical: "0.5",
  correct: false,
  tokens: 5,
  finish: "length",
};
const set = (...samples: Sample[]): SampleSet => ({
  result: "hash",
  arm: "trained",
  seed: 1,
  dataset: "add",
  problems: [{ id: "add/0000", question: "a < b?", gold: "40", samples, correct: 0, total: 5 }],
});
const page = (...samples: Sample[]) => parse(String(sampleSection([set(...samples)], "s")));

Deno.test("a sample says how it was graded, what was read and how it ended", () => {
  const document = page(sample);
  const [article] = all(document, "article");
  assertStringIncludes(
    article.textContent.replace(/\s+/g, " "),
    "✗ wrong sample 3 · 5 tokens · cut off at the limit · answer 1/2, read as 0.5 30+10",
  );
  assertStringIncludes(all(document, "details")[0].textContent, "0 of 5 samples correct");
  assertStringIncludes(all(document, "details")[0].textContent, "a < b?");
});

Deno.test("a missing answer and a failed grader are named", () => {
  assertStringIncludes(
    all(page({ ...sample, answer: null, canonical: null }), "article")[0].textContent,
    "no answer found",
  );
  assertStringIncludes(
    all(page({ ...sample, graderError: "too deep" }), "article")[0].textContent,
    "the grader failed: too deep",
  );
});

Deno.test("a long text is cut in its middle, and says by how much", () => {
  const [text] = all(page({ ...sample, text: `a${"b".repeat(9998)}c` }), "pre").map((node) => node.textContent);
  assert(text.startsWith("ab") && text.endsWith("bc"));
  assertStringIncludes(text, "… 4000 characters are not shown …");
});

Deno.test("only a thought that mixes tokens is drawn", () => {
  assertEquals(all(page({ ...sample, thought: [[["3", 1]], [["0", 1]]] }), ".thought").length, 0);
  assertEquals(all(page({ ...sample, thought: [[["3", 1]], [["0", 0.7], ["1", 0.3]]] }), ".thought li").length, 2);
});

Deno.test("each position names what was mixed, with spaces made visible", () => {
  const document = parse(String(thoughtFigure([[[" a", 0.705], ["<b>", 0.295]], []])));
  const [first, second] = all(document, "li");
  assertEquals(first.getAttribute("title"), "␣a 71 %, <b> 30 %");
  assertEquals(all(first, "b, small").map((node) => node.textContent), ["␣a", "71", "<b> 30"]);
  assertEquals(all(first, "i").map((node) => node.getAttribute("style")), ["--w:0.705;--o:0.95", "--w:0.295;--o:0.73"]);
  assertEquals(second.textContent, "");
});

Deno.test("of a very long thought the rest is counted", () => {
  const document = parse(String(thoughtFigure(Array.from({ length: 167 }, () => [["x", 1]] as const))));
  assertEquals(all(document, "li").length, 160);
  assertStringIncludes(
    String(thoughtFigure(Array.from({ length: 167 }, () => [["x", 1]] as const))),
    "7 further positions",
  );
});

Deno.test("without samples there is no section", () => assertEquals(sampleSection([], "s"), undefined));
