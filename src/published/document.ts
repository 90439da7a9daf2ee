/**
 * The document of a recomputed table, in Markdown: written by a program, so that it cannot drift from the counts.
 *
 * @module
 */
import { SIGNIFICANCE } from "../metrics/paired.ts";
import type { PassEstimatorName } from "../metrics/pass_estimator_name.ts";
import { PASS_ESTIMATORS } from "../metrics/pass_estimators.ts";
import { markdownTable } from "../text/markdown.ts";
import { NOTHING, percentText, pointsRangeText, pointsText, pText } from "../text/numbers.ts";
import type { PublishedRow } from "./counts.ts";
import type { PrintedTable } from "./printed.ts";
import { type EvaluationProtocol, protocolTable } from "./protocol.ts";
import { PROTOCOLS } from "./protocols.ts";
import {
  type ArmKey,
  armTitle,
  compareRules,
  type Disagreement,
  disagreements,
  pairedTests,
  type PublishedDifference,
  recomputeArms,
  type RecomputedArm,
  type RuleComparison,
} from "./table.ts";
import type { Estimate } from "../metrics/types.ts";

/** What the document is about. */
export interface DocumentSubject {
  readonly rows: readonly PublishedRow[];
  readonly table: PrintedTable;
  /** The arm whose superiority was claimed, and those it is tested against. */
  readonly arm: ArmKey;
  readonly references: readonly ArmKey[];
  /** The command that writes the document. */
  readonly command: string;
}

/** The whole document, with a line break at its end. */
export function publishedDocument({ rows, table, arm, references, command }: DocumentSubject): string {
  const sizes = table.passAt;
  const arms = recomputeArms(rows, sizes);
  const datasets = [...new Set(rows.map(({ dataset }) => dataset))];
  const tests = pairedTests(rows, arm, references, sizes);
  return [
    "# The paper's table, recomputed from its logs",
    introduction(rows, table, command),
    "## Values with both errors",
    errorsNote(sizes),
    ...sizes.map((k) => valuesTable(arms, datasets, k)),
    `## Is ${armTitle(arm)} better?`,
    testsNote(tests),
    ...references.map((reference) =>
      testsTable(`${armTitle(arm)} − ${armTitle(reference)}`, tests.filter((test) => test.reference === reference))
    ),
    verdict(tests, arm),
    "## Where the printed table and the logs disagree",
    disagreementTable(disagreements(rows, table)),
    ranking(arms, arm, Math.max(...sizes)),
    "## The same averages by several rules",
    rulesNote(),
    ruleTable(compareRules(rows, table, RULES)),
    ruleOrder(compareRules(rows, table, RULES), Math.max(...sizes)),
    "## What the counts alone do not say",
    limits(rows),
    "## How the rows were evaluated",
    protocolTable(protocolsOf(rows)),
    "Other papers' protocols, and what each rule is, are in [protocols.md](protocols.md); Multiplex Thinking's table, of " +
    "which no counts are known, is in [multiplex.md](multiplex.md).",
  ].join("\n\n") + "\n";
}

function introduction(rows: readonly PublishedRow[], table: PrintedTable, command: string): string {
  const { base_model, samples_per_problem } = rows[0];
  const problems = new Map(rows.map(({ dataset, correct_counts }) => [dataset, correct_counts.length]));
  return `${table.source}, against the counts of correct samples that the authors released with their code: ` +
    `${base_model}, ${samples_per_problem} samples for each of ${
      [...problems.values()].reduce((a, b) => a + b)
    } problems ` +
    `(${[...problems].map(([name, count]) => `${name} ${count}`).join(", ")}). The counts are facts, stored in ` +
    "`soft_grpo_llama_3b_counts.json` with the log file of each row; the printed cells are in " +
    "`soft_grpo_llama_3b_table1.json`.\n\n" +
    `Made by \`${command}\`; a test fails when it is stale.`;
}

function errorsNote(sizes: readonly number[]): string {
  return "Percent, as `value ±new / ±set`: the standard error for new problems of the same kind, and that on these very " +
    "problems, from sampling alone. Pass@k is the unbiased estimate over all subsets of k samples. The paper takes the " +
    `first k samples instead, but for k = 1, where it takes the mean: the same at k = ${Math.max(...sizes)}, and far ` +
    "noisier between. Errors marked * take the observed frequencies for the true ones, because no unbiased estimate " +
    "exists beyond half of the samples; they are too small.";
}

function valuesTable(arms: readonly RecomputedArm[], datasets: readonly string[], k: number): string {
  return markdownTable(
    [`Pass@${k}`, ...datasets, "average"],
    arms.map((arm) => [
      armTitle(arm),
      ...[...datasets, null].map((dataset) => estimateText(arm.byDataset.get(dataset)![k])),
    ]),
  );
}

function estimateText({ value, seNew, seSet, seSetMethod }: Estimate): string {
  const mark = seSetMethod === "unbiased" ? "" : "\\*";
  return `${percent(value, 2)} ±${percentText(seNew)} / ±${percentText(seSet)}${mark}`;
}

function testsNote(tests: readonly PublishedDifference[]): string {
  return "Percentage points, paired over the same problems, with the 95 % interval for new problems. p is two-sided, by " +
    `flipping signs; Holm's correction is over all ${tests.length} tests below.`;
}

function testsTable(title: string, tests: readonly PublishedDifference[]): string {
  return markdownTable(
    [title, "dataset", "difference", "95 % interval", "p", "p (Holm)"],
    tests.map(({ k, dataset, value, low, high, p, pHolm }) => [
      `Pass@${k}`,
      dataset ?? "average",
      pointsText(value),
      pointsRangeText(low, high),
      pText(p),
      pText(pHolm),
    ]),
  );
}

function verdict(tests: readonly PublishedDifference[], arm: ArmKey): string {
  const sure = tests.filter(({ pHolm }) => pHolm < SIGNIFICANCE);
  const averages = tests.filter(({ dataset }) => dataset === null);
  const told = (test: PublishedDifference) =>
    `Pass@${test.k} ${test.dataset === null ? "on average" : `on ${test.dataset}`} against ${
      armTitle(test.reference)
    } ` +
    `(${pointsText(test.value)})`;
  const better = sure.filter(({ value }) => value > 0);
  const worse = sure.filter(({ value }) => value < 0);
  const list = (group: readonly PublishedDifference[]) => group.length === 0 ? "nothing" : group.map(told).join("; ");
  const open = averages.filter(({ pHolm }) => pHolm >= SIGNIFICANCE);
  return [
    `**Beyond chance at ${SIGNIFICANCE}**, ${armTitle(arm)} is better in ${list(better)}; worse in ${list(worse)}.`,
    `**Not distinguishable** are ${open.length} of ${averages.length} averages: ${list(open)}.`,
  ].join("\n\n");
}

function disagreementTable(found: readonly Disagreement[]): string {
  return "By the paper's own rule, the first k samples. Averages are of the logged values.\n\n" + markdownTable(
    ["row", "cell", "printed", "logs"],
    found.map((own) => [
      armTitle(own),
      `${own.dataset ?? "average"} @${own.k}`,
      own.dataset === null ? own.printed.toFixed(2) : own.printed.toFixed(1),
      own.logged.toFixed(2),
    ]),
  );
}

function ranking(arms: readonly RecomputedArm[], claimed: ArmKey, k: number): string {
  const average = (arm: RecomputedArm) => arm.byDataset.get(null)![k].value;
  const ranked = arms.toSorted((a, b) => average(b) - average(a));
  const place = ranked.findIndex((arm) => armTitle(arm) === armTitle(claimed));
  return `With the logged values the order of the average Pass@${k} is ` +
    ranked.map((arm) => `${armTitle(arm)} ${percent(average(arm), 2)}`).join(" > ") +
    `: ${armTitle(claimed)} is number ${place + 1} of ${ranked.length}.`;
}

/** Rules that counts allow. */
const RULES = ["unbiased", "bootstrap"] as const satisfies readonly PassEstimatorName[];

function rulesNote(): string {
  return "Percent, means over the datasets: as printed; as the logs have it, by the first k samples in order; and from the " +
    `counts by two rules. ${
      RULES.map((rule) => `\`${rule}\` is ${PASS_ESTIMATORS[rule].summary}`).join("; ")
    }. Rows may only be compared within a column: by the bootstrap every arm looks worse, and most at the largest k.`;
}

function ruleTable(comparisons: readonly RuleComparison[]): string {
  return markdownTable(
    ["", "row", "printed", "logs, `first-k`", ...RULES.map((rule) => `\`${rule}\``)],
    comparisons.map(({ k, printed, logged, byRule, ...arm }) => [
      `Pass@${k}`,
      armTitle(arm),
      printed === null ? NOTHING : printed.toFixed(2),
      logged.toFixed(2),
      ...RULES.map((rule) => byRule[rule]?.toFixed(2) ?? NOTHING),
    ]),
    2,
  );
}

/** Who is first by each rule. */
function ruleOrder(comparisons: readonly RuleComparison[], k: number): string {
  const orders = RULES.map((rule) =>
    comparisons.filter((own) => own.k === k).toSorted((a, b) => b.byRule[rule]! - a.byRule[rule]!).map(armTitle)
  );
  const texts = RULES.map((rule, i) => `by \`${rule}\` ${orders[i].join(" > ")}`);
  const same = orders.every((order) => order.join() === orders[0].join());
  return `In the average Pass@${k} the order of rows ${same ? "is the same by all" : "depends on the rule"}: ${
    texts.join("; ")
  }.`;
}

/** The protocols that rows name, by name. */
function protocolsOf(rows: readonly PublishedRow[]): Record<string, EvaluationProtocol> {
  const names = new Set(rows.flatMap(({ protocol }) => protocol ?? []));
  return Object.fromEntries([...names].map((name): [string, EvaluationProtocol] => [name, PROTOCOLS[name]]));
}

function limits(rows: readonly PublishedRow[]): string {
  const never = [...Map.groupBy(rows, ({ dataset }) => dataset)].flatMap(([dataset, own]) => {
    const indices = own[0].correct_counts.flatMap((_, i) =>
      own.every(({ correct_counts }) => correct_counts[i] === 0) ? i : []
    );
    return indices.length === 0 ? [] : [`${dataset}: ${indices.length} of ${own[0].correct_counts.length}`];
  });
  return [
    "- Each arm is one training run. What another training seed would change is in no number here.",
    "- The logs hold no answers, so there is no majority vote, and no share of truncated or unreadable samples.",
    `- Problems that no arm ever solved: ${
      never.join(", ")
    }. One of them, \`aime2024/0022\`, has a wrong published answer ` +
    "(480; the right one is 197), so at most 29 of 30 can be solved.",
    "- AIME 2024, AMC 2023 and MATH-500 were also the validation sets of the training runs (`aime.parquet`, " +
    "`amc.parquet` and `math.parquet` of zz1358m/SofT-GRPO-master@2b9d8ec), and no rule for choosing the checkpoint is " +
    "stated.",
  ].join("\n");
}

function percent(share: number, digits: number): string {
  return (100 * share).toFixed(digits);
}
