import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { reportPage } from "../../src/report/page.ts";
import { all, parse } from "./document.ts";
import { MADE_UP_ARMS, madeUpResults, madeUpSampleSets } from "./made_up_results.ts";
import { attributedResults } from "../summary/attributed.ts";
import type { Result } from "../../src/result/types.ts";

const results = madeUpResults();
const samples = madeUpSampleSets(results.slice(0, 6));
const page = reportPage({ results, samples });

Deno.test("the page loads nothing, runs its own script alone and says so", async () => {
  const document = parse(page);
  assertEquals(all(document, "script[src], link, iframe, object, embed, img, form, base").length, 0);
  const addresses = all(document, "[href], [src]").map((node) =>
    node.getAttribute("href") ?? node.getAttribute("src")!
  );
  assert(addresses.every((address) => address.startsWith("#")), String(addresses));
  assert(!/\burl\(|@import|https?:/.test(page));
  const [policy] = all(document, "meta[http-equiv]").map((node) => node.getAttribute("content")!);
  const scripts = all(document, "script").map((node) => node.textContent);
  assertEquals(scripts.length, 1);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(scripts[0])));
  assertEquals(
    policy,
    `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${digest.toBase64()}'; base-uri 'none'; ` +
      "form-action 'none'",
  );
  for (const node of all(document, "*")) {
    for (const handler of ["onload", "onerror", "onclick", "ontoggle"]) assertEquals(node.getAttribute(handler), null);
  }
});

Deno.test("every part is there, and every anchor leads to one", () => {
  const document = parse(page);
  const headings = all(document, "h2").map((node) => node.textContent);
  assertEquals(headings, [...all(document, "nav a").map((node) => node.textContent), "How to read this"]);
  // Made-up results leave no part out.
  for (
    const part of [
      "Mean over datasets",
      "Differences",
      "By dataset",
      "Pass@k",
      "Training",
      "Samples and soft thoughts",
      "Provenance",
    ]
  ) {
    assert(headings.includes(part), part);
  }
  const ids = all(document, "[id]").map((node) => node.getAttribute("id")!);
  assertEquals(new Set(ids).size, ids.length, "an id occurs twice");
  for (const link of all(document, "a")) assert(ids.includes(link.getAttribute("href")!.slice(1)));
  for (const node of all(document, "[aria-labelledby]")) {
    for (const id of node.getAttribute("aria-labelledby")!.split(" ")) assert(ids.includes(id), id);
  }
});

Deno.test("pictures have names and descriptions, tables captions and scopes", () => {
  const document = parse(page);
  const pictures = all(document, "svg").filter((node) => node.getAttribute("aria-hidden") !== "true");
  assert(pictures.length > 30);
  for (const picture of pictures) {
    assertEquals([picture.getAttribute("role"), all(picture, "title").length > 0, all(picture, "desc").length], [
      "img",
      true,
      1,
    ]);
  }
  for (const table of all(document, "table")) {
    assertEquals(all(table, "caption").length, 1);
    assert(all(table, "th").every((cell) => ["col", "row"].includes(cell.getAttribute("scope")!)));
    const widths = new Set(all(table, "tr").map((row) => all(row, "th, td").length));
    assertEquals(widths.size, 1, "rows of one table differ in length");
  }
});

Deno.test("text of a model stays text", () => {
  const document = parse(page);
  const hostile = all(document, "pre").map((node) => node.textContent).find((text) => text.includes("alert(1)"))!;
  assertStringIncludes(hostile, `30+10<script>alert(1)</script>"'⟨U+202E⟩⟨U+001B⟩[2J</details></think>`);
});

Deno.test("names from result files stay text wherever they stand", () => {
  const evil = `"><script>alert(2)</script><svg onload='x'>`;
  const hostile = madeUpResults({ seeds: [1], arms: MADE_UP_ARMS.slice(0, 3) }).map((result): Result => ({
    ...result,
    experiment: { ...result.experiment, name: evil, config: { description: evil } },
    arm: { ...result.arm, label: result.arm.label + evil },
    decoding: { text: evil, matched: false, [evil]: evil },
    model: { ...result.model, name: evil, source: evil },
    device: { ...result.device, backend: evil },
    code: { ...result.code, commit: evil },
    datasets: result.datasets.map((dataset) => ({ ...dataset, name: dataset.name + evil, version: evil })),
    run: { ...result.run, startedAt: evil },
  }));
  const failed = { ...hostile[0], status: "failed" as const, error: evil };
  const document = parse(reportPage({ results: [...hostile, failed], samples: [] }));
  assertEquals(all(document, "script").length, 1);
  assertEquals(all(document, "[onload]").length, 0);
});

Deno.test("the numbers of the tables are those of the results", () => {
  const [, ...rows] = all(all(parse(page), "table")[0], "tr");
  const cells = all(rows[2], "th, td").map((node) => node.textContent);
  const own = results.filter((result) => result.arm.label === "discrete-grpo");
  const mean = own.reduce((sum, { average }) => sum + average.passAt["1"].value, 0) / own.length;
  // Under the label stands the decoding.
  assertEquals(cells[0], "discrete-grpodiscrete");
  assert(cells[2].startsWith((100 * mean).toFixed(1)), cells[2]);
});

Deno.test("the same results give the same bytes", () => {
  assertEquals(reportPage({ results, samples }), page);
});

Deno.test("several experiments share a page, and what failed is named", () => {
  const other = madeUpResults({ seeds: [1], arms: MADE_UP_ARMS.slice(0, 1) })
    .map((result) => ({ ...result, experiment: { ...result.experiment, name: "another" } }));
  const failed = { ...results[0], status: "failed" as const, error: "out of memory" };
  const document = parse(reportPage({ results: [...results, ...other, failed], samples: [] }));
  assertEquals(all(document, "h1").map((node) => node.textContent), ["made-up on tiny", "another on tiny"]);
  assertStringIncludes(all(document, "main")[0].textContent, "out of memory");
});

Deno.test("the first screen says what was compared, what came out and how sure it is, with the figure", () => {
  const document = parse(reportPage({ results: attributedResults({ problems: 3, samples: 4 }), samples: [] }));
  const [block] = all(document, ".headline");
  assert(/4 methods that train .* on soft thoughts .* against discrete-grpo/.test(block.textContent));
  assert(/Decoded alike, .*% right answers/.test(block.textContent));
  assert(/points of Pass@1.* − discrete-grpo.*95 % interval .* to .*, p /.test(block.textContent));
  assert(/(Sure|Not sure)/.test(block.textContent) && /Limits: one model of 0.81 M parameters/.test(block.textContent));
  assertEquals(all(block, "svg").length, 1);
});

Deno.test("a method has one colour on the whole page", () => {
  const other = madeUpResults({ seeds: [1], arms: [MADE_UP_ARMS[0], MADE_UP_ARMS[4]] })
    .map((result) => ({ ...result, experiment: { ...result.experiment, name: "another" } }));
  const document = parse(reportPage({ results: [...results, ...other], samples: [] }));
  const colours = all(document, "tbody tr").flatMap((row) =>
    all(row, ".swatch").map((swatch) => [all(row, "th")[0].textContent, swatch.getAttribute("style")] as const)
  );
  const own = colours.filter(([name]) => name.startsWith("soft-thinking-grpo-paper"));
  assert(own.length > 2);
  assertEquals(new Set(own.map(([, style]) => style)).size, 1);
});
