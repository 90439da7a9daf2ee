/**
 * Writes the documents of this folder from the counts and the printed cells: `deno task published`.
 *
 * @module
 */
import { parsePublishedRows } from "../../src/published/counts.ts";
import { publishedDocument } from "../../src/published/document.ts";
import { parsePrintedTable } from "../../src/published/printed.ts";
import { printedDocument } from "../../src/published/printed_document.ts";
import { estimatorTable, protocolTable } from "../../src/published/protocol.ts";
import { PROTOCOLS } from "../../src/published/protocols.ts";
import multiplexCells from "./multiplex_pass_at_1.json" with { type: "json" };
import counts from "./soft_grpo_llama_3b_counts.json" with { type: "json" };
import table from "./soft_grpo_llama_3b_table1.json" with { type: "json" };

const COMMAND = "deno task published";

/** The text that README.md must have. */
export function softGrpoDocument(): string {
  return publishedDocument({
    rows: parsePublishedRows(counts, "soft_grpo_llama_3b_counts.json"),
    table: parsePrintedTable(table, "soft_grpo_llama_3b_table1.json"),
    arm: { training: "soft-grpo", decoding: "soft" },
    references: [{ training: "grpo", decoding: "discrete" }, { training: "none", decoding: "discrete" }],
    command: COMMAND,
  });
}

/** The text that multiplex.md must have. */
export function multiplexDocument(): string {
  const file = "multiplex_pass_at_1.json";
  return printedDocument({
    title: "Multiplex Thinking's table, as printed",
    table: parsePrintedTable(multiplexCells, file),
    file,
    arm: { training: "multiplex", decoding: "multiplex" },
    references: [{ training: "discrete-rl", decoding: "discrete" }, { training: "none", decoding: "multiplex" }],
    protocols: ["multiplex-release"],
    command: COMMAND,
  });
}

/** The text that protocols.md must have. */
export function protocolsDocument(): string {
  const papers = Map.groupBy(Object.entries(PROTOCOLS), ([, { paper }]) => paper);
  return [
    "# Evaluation protocols of the papers",
    "How each paper made its numbers, and where that is said. Rows of two protocols are not comparable: decoding, token " +
    "limit, number of samples or the rule of Pass@k differ. An arm's `evaluations` may hold `decodingOf(NAME)` of " +
    "`src/published/protocols.ts`, which then decodes as that paper says.\n\n" +
    `Made by \`${COMMAND}\`; a test fails when it is stale.`,
    "## Rules of Pass@k",
    estimatorTable(),
    "`deno task score FILE --rules bootstrap` computes Pass@k by them, beside ours, where there are counts or samples.",
    ...[...papers].flatMap(([paper, own]) => [`## ${paper}`, protocolTable(Object.fromEntries(own))]),
  ].join("\n\n") + "\n";
}

/** Documents by their file in this folder. */
export const DOCUMENTS: Readonly<Record<string, () => string>> = {
  "README.md": softGrpoDocument,
  "multiplex.md": multiplexDocument,
  "protocols.md": protocolsDocument,
};

/** The command `published`. */
export function run(): number {
  for (const [file, document] of Object.entries(DOCUMENTS)) {
    Deno.writeTextFileSync(new URL(file, import.meta.url), document());
    console.log(`wrote benchmarks/published/${file}`);
  }
  return 0;
}
