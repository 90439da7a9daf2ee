import { assertEquals } from "@std/assert";
import Ajv2020 from "ajv/dist/2020.js";
import counts from "../../benchmarks/published/soft_grpo_llama_3b_counts.json" with { type: "json" };
import { leaderboard } from "../../src/commands/descriptions/results.ts";
import { EXPORT_NAMES, type ExportName, EXPORTS } from "../../src/exports/formats.ts";
import { importPublished, parsePublishedRows } from "../../src/published/counts.ts";
import { completeResult } from "../../src/result/complete.ts";
import { exampleResult } from "../result/example.ts";
import { parse as parseYaml } from "@std/yaml";
import { EVERY_EVAL_EVER, HF_EVAL_RESULTS, LM_EVAL } from "./facts.ts";
import type { Result } from "../../src/result/types.ts";

const imported = importPublished(parsePublishedRows(counts, "counts"), "paper", "2026-11-24T07:00:00.000Z")
  .map((own) => completeResult(own));
const results: readonly Result[] = [exampleResult(), ...imported];

/** Formats whose description is a schema; any other is checked by its own test. */
const FACTS: Readonly<Partial<Record<ExportName, object>>> = {
  "every-eval-ever": EVERY_EVAL_EVER,
  "hf-eval-results": HF_EVAL_RESULTS,
  "lm-eval": LM_EVAL,
};

Deno.test("every file of every export follows what its format demands", async () => {
  const ajv = new Ajv2020.default({ allowUnionTypes: true, strict: false });
  for (const [name, facts] of Object.entries(FACTS)) {
    const valid = ajv.compile(facts);
    for (const { path, text } of (await EXPORTS[name as ExportName]())(results)) {
      const value = path.endsWith(".yaml") ? parseYaml(text) : JSON.parse(text);
      assertEquals(valid(value), true, `${path}: ${JSON.stringify(valid.errors)}`);
    }
  }
});

Deno.test("the files of an export have paths of their own and the same text each time", async () => {
  for (const name of EXPORT_NAMES) {
    const write = await EXPORTS[name]();
    const files = write(results);
    assertEquals(new Set(files.map(({ path }) => path)).size, files.length);
    assertEquals(write(results), files);
    for (const { path, text } of files) {
      assertEquals(path.split("/").some((part) => part === ".." || part === ""), false, path);
      assertEquals(text.endsWith("\n"), true);
    }
  }
});

Deno.test("--export takes each of them", () => {
  for (const name of EXPORT_NAMES) assertEquals(leaderboard.flags.export.read(name), name);
});
