/**
 * Gold answers of the five datasets, from a folder of their JSONL files that the environment names; the texts are not in
 * the repository.
 */

const MIRROR = "SOFT_GRPO_BENCH_MIRROR";
export const DATASETS = ["aime2024", "aime2025", "amc23", "gsm8k", "math500"] as const;

/** Golds by dataset; undefined, and a line that says so, where there is no folder. */
export function readGolds(): ReadonlyMap<string, readonly string[]> | undefined {
  const folder = Deno.env.get(MIRROR);
  if (!folder) {
    console.warn(`SKIPPED: ${MIRROR} names no folder of datasets, so their golds are not tested`);
    return undefined;
  }
  return new Map(DATASETS.map((name) => {
    const lines = Deno.readTextFileSync(`${folder}/${name}.jsonl`).trim().split("\n");
    return [name, lines.map((line) => String(JSON.parse(line).answer))];
  }));
}
