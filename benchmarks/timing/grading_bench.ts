/**
 * Time of one verdict, by kind of answer: `deno bench benchmarks/timing/grading_bench.ts`.
 *
 * @module
 */
import { grade } from "../../src/grading/grade.ts";
import type { Case } from "../../tests/grading/cases/case.ts";
import * as collections from "../../tests/grading/cases/collections.ts";
import * as expressions from "../../tests/grading/cases/expressions.ts";
import * as numbers from "../../tests/grading/cases/numbers.ts";
import * as variants from "../../tests/grading/cases/variants.ts";
import * as words from "../../tests/grading/cases/words.ts";
import * as hostile from "../../tests/grading/hostile.ts";

/** Each iteration grades the next pair, so that the quantiles are those over pairs. */
function benchPairs(
  name: string,
  group: string,
  pairs: readonly (readonly [gold: string, prediction: string])[],
): void {
  let next = 0;
  Deno.bench(name, { group }, () => {
    const [gold, prediction] = pairs[next++ % pairs.length];
    grade(prediction, gold);
  });
}

const strip = (cases: readonly Case[]) => cases.map(([gold, prediction]) => [gold, prediction] as const);
const tables = { ...numbers, ...expressions, ...collections, ...variants, ...words };

benchPairs(
  "completions of the embedded experiment",
  "integers",
  Array.from(
    { length: 97 },
    (_, i) => [String(37 * i), `${i}*${i}+210=${i * i + 210}</think>\\boxed{${37 * i}}`] as const,
  ),
);
for (const [kind, cases] of Object.entries(tables)) {
  benchPairs(kind.toLowerCase().replaceAll("_", " "), "kinds", strip(cases));
}
benchPairs("all kinds", "kinds", strip(Object.values(tables).flat()));
for (const [kind, texts] of Object.entries(hostile)) {
  benchPairs(`hostile: ${kind.toLowerCase()}`, "hostile", texts.map((text) => ["42", text] as const));
}
