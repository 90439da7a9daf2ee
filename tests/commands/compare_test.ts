import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { run } from "../../src/commands/compare.ts";
import { BenchError, UsageError } from "../../src/errors.ts";
import { completeResult } from "../../src/result/complete.ts";
import { exampleCounts, exampleProblem } from "../result/example.ts";
import { captured, inFolder } from "./captured.ts";
import { writeResult } from "../../src/result/store.ts";

/** Writes a result whose every problem has `right` of 7 samples right, one less for every other. */
function write(folder: string, right: number, version = "1"): string {
  const problems = Array.from({ length: 41 }, (_, i) => exampleProblem(`set/${i}`, 7, right - (i % 2)));
  const datasets = [{ name: "set", version, sha256: null, coverage: { scored: problems.length, of: null }, problems }];
  return writeResult(folder, completeResult({ ...exampleCounts(), datasets })).path;
}

Deno.test("compare ends with 0, 3 or 4", () =>
  inFolder(async (folder) => {
    const [good, bad] = [write(folder, 6), write(folder, 2)];
    const code = async (positionals: string[], flags = {}) => (await captured(() => run({ positionals, flags }))).code;
    assertEquals(await code([good, good]), 0);
    assertEquals(await code([bad, good]), 0);
    assertEquals(await code([good, bad]), 3);
    const noisy = write(folder, 5);
    // Every problem lost exactly one of 7: a loss without noise is seen, however small.
    assertEquals(await code([good, noisy], { metrics: ["pass@1"] }), 3);
  }));

Deno.test("compare ends with 4 where a loss could have been missed", () =>
  inFolder(async (folder) => {
    const problems = (shift: number) =>
      [0, 1, 2, 3, 4].map((i) => exampleProblem(`set/${i}`, 7, (i * 3 + shift * i) % 8));
    const [base, changed] = [0, 1].map((shift) =>
      writeResult(
        folder,
        completeResult({
          ...exampleCounts(),
          datasets: [{
            name: "set",
            version: "1",
            sha256: null,
            coverage: { scored: problems(shift).length, of: null },
            problems: problems(shift),
          }],
        }),
      ).path
    );
    const { code, stdout } = await captured(() => run({ positionals: [base, changed], flags: { detect: 2 } }));
    assertEquals(code, 4);
    assertStringIncludes(stdout, "not enough data to tell");
    assertStringIncludes(stdout, "one of 2 points is not ruled out");
  }));

Deno.test("compare prints text, one JSON document or Markdown", () =>
  inFolder(async (folder) => {
    const positionals = [write(folder, 6), write(folder, 2)];
    const out = async (flags: Record<string, boolean>) => (await captured(() => run({ positionals, flags }))).stdout;
    assertStringIncludes(await out({}), "REGRESSION");
    const document = JSON.parse(await out({ json: true }));
    assertEquals([document.verdict, document.detect], ["regression", 5]);
    assertEquals(document.tests[0].dataset, "set");
    assertEquals((await out({ markdown: true })).startsWith("### REGRESSION"), true);
    await assertRejects(() => run({ positionals, flags: { json: true, markdown: true } }), UsageError);
  }));

Deno.test("compare refuses other dataset versions unless they are allowed", () =>
  inFolder(async (folder) => {
    const positionals = [write(folder, 6), write(folder, 6, "2")];
    await assertRejects(() => run({ positionals, flags: {} }), BenchError, "the version of set");
    assertEquals((await captured(() => run({ positionals, flags: { allow: ["dataset"] } }))).code, 0);
  }));
