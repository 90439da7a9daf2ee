/**
 * Gold answers of the five datasets, from a folder of their JSONL files that the environment names; the texts are not in
 * the repository.
 */

const MIRROR = "SOFT_GRPO_BENCH_MIRROR";
export const DATASETS = ["aime2024", "aime2025", "amc23", "gsm8k", "math500"] as const;

/** A problem as its dataset has it. */
export interface GoldProblem {
  readonly question: string;
  readonly answer: string;
}

/** Problems by dataset; undefined, and a line that says so, where there is no folder. */
export function readProblems(): ReadonlyMap<string, readonly GoldProblem[]> | undefined {
  const folder = Deno.env.get(MIRROR);
  if (!folder) {
    console.warn(`SKIPPED: ${MIRROR} names no folder of datasets, so their golds are not tested`);
    return undefined;
  }
  return new Map(DATASETS.map((name) => {
    const lines = Deno.readTextFileSync(`${folder}/${name}.jsonl`).trim().split("\n").map((line) => JSON.parse(line));
    return [name, lines.map(({ question, answer }) => ({ question: String(question), answer: String(answer) }))];
  }));
}

/** Golds by dataset, likewise. */
export function readGolds(): ReadonlyMap<string, readonly string[]> | undefined {
  const problems = readProblems();
  return problems && new Map([...problems].map(([name, each]) => [name, each.map(({ answer }) => answer)]));
}
