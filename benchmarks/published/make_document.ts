/**
 * Writes README.md of this folder from the counts: `deno task published`.
 *
 * @module
 */
import { parsePublishedRows } from "../../src/published/counts.ts";
import { publishedDocument } from "../../src/published/document.ts";
import counts from "./soft_grpo_llama_3b_counts.json" with { type: "json" };
import table from "./soft_grpo_llama_3b_table1.json" with { type: "json" };

/** The text that README.md must have. */
export function softGrpoDocument(): string {
  return publishedDocument({
    rows: parsePublishedRows(counts, "soft_grpo_llama_3b_counts.json"),
    table,
    arm: { training: "soft-grpo", decoding: "soft" },
    references: [{ training: "grpo", decoding: "discrete" }, { training: "none", decoding: "discrete" }],
    command: "deno task published",
  });
}

/** The command `published`. */
export function run(): number {
  Deno.writeTextFileSync(new URL("README.md", import.meta.url), softGrpoDocument());
  console.log("wrote benchmarks/published/README.md");
  return 0;
}
