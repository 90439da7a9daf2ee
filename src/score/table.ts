/**
 * Scored arms as text: each value with its interval and both standard errors.
 *
 * @module
 */
import { OTHER_RULES, type OtherRule } from "../metrics/pass_estimator_name.ts";
import { NOTHING, percentText, rangeText, shareText, tokensText } from "../text/numbers.ts";
import type { Column, TextTable } from "../text/table.ts";
import { coverageText } from "../result/coverage.ts";
import { ruleNote } from "./rules.ts";
import type { Intervals, PredictedByK, ScoredArm } from "./score.ts";
import type { DatasetMetrics, Estimate } from "../metrics/types.ts";

const PREDICTED_NOTE =
  "predicted: for more samples than there are, from a beta law of accuracies over problems; not the unbiased pass@k.";

const REPORTED_NOTE = "reported: what the publisher of the counts made of the same samples, by a rule of their own.";

const NOTES = [
  "Percent; below each value its 95 % interval for new problems, then the standard error for new problems and",
  "that on these problems alone. * from the observed frequencies, too small near 0 and 100: fewer than 2k samples.",
  "Tokens a sample; shares of samples cut off at the limit, without a readable answer, and on which the grader failed.",
];

/**
 * One table per arm: datasets by metrics.
 *
 * @param keys metrics to show, `pass@1` and the like; those that an arm lacks are left out
 * @param bootstrap intervals of the averages, arm by arm, where they were asked for
 */
export function scoreTables(
  arms: readonly ScoredArm[],
  keys: readonly string[],
  bootstrap?: readonly Intervals[],
): TextTable[] {
  return arms.map((arm, i) => {
    const shown = keys.filter((key) => arm.datasets.some(({ metrics }) => estimateOf(metrics, key) !== undefined));
    const rules = ruleColumns(shown, arm);
    const reported = passSizes(shown).filter((k) => arm.datasets.some(({ reported }) => k in (reported ?? {})));
    // Asked for by name, it has a column as a rule.
    const first = arm.datasets.some(({ firstK, byRule }) => firstK !== undefined && !("first-k" in (byRule ?? {})))
      ? passSizes(shown)
      : [];
    const predicted = predictedSizes(keys, arm);
    const figures = FIGURES.filter(({ of }) => arm.datasets.some(({ metrics }) => of(metrics) !== null));
    return {
      title: `${arm.arm}${arm.model ? `, ${arm.model}` : ""} (${arm.source})${arm.title ? `\n${arm.title}` : ""}`,
      columns: [
        { header: "dataset", align: "left" },
        ...[
          "problems",
          "samples",
          ...shown,
          ...predicted.map((k) => `pass@${k} predicted`),
          ...reported.map((k) => `pass@${k} reported`),
          ...first.map((k) => `first ${k}`),
          ...rules.map(({ rule, k }) => `pass@${k} ${rule}`),
          ...figures.map(({ name }) => name),
        ].map((header): Column => ({ header, align: "right" })),
      ],
      rows: [
        ...arm.datasets.flatMap((
          { name, n, coverage, metrics, predictedPassAt, firstK, byRule, reported: own, corrected },
        ) => [
          [
            name,
            coverageText(coverage),
            String(n),
            ...shown.map((key) => estimateText(estimateOf(metrics, key))),
            ...predicted.map((k) => predictedText(predictedPassAt, k)),
            ...reported.map((k) => percentText(own?.[k])),
            ...first.map((k) => percentText(firstK?.[k])),
            ...rules.map(({ rule, k }) => percentText(byRule?.[rule]?.[k])),
            ...figures.map(({ text }) => text(metrics)),
          ],
          ...(corrected === undefined ? [] : [[
            `${name}, answers corrected`,
            coverageText(coverage),
            String(n),
            ...shown.map((key) => estimateText(estimateOf(corrected, key))),
          ]]),
        ]),
        ...(arm.datasets.length < 2 ? [] : [[
          "average",
          "",
          "",
          ...shown.map((key) => estimateText(estimateOf(arm.average, key))),
          ...predicted.map((k) => predictedText(arm.predictedAverage, k)),
          ...[...reported, ...first].map(() => ""),
          ...rules.map(({ rule, k }) => percentText(arm.averageByRule?.[rule]?.[k])),
          ...figures.map(({ text }) => text(arm.average)),
        ]]),
        ...(bootstrap === undefined ? [] : [[
          "average, bootstrap",
          "",
          "",
          ...shown.map((key) => {
            const interval = bootstrap[i][key];
            return interval === undefined ? NOTHING : rangeText(interval.low, interval.high);
          }),
        ]]),
      ],
      ...(i === arms.length - 1 && {
        notes: [
          ...NOTES,
          ...(arms.some((own) => predictedSizes(keys, own).length > 0) ? [PREDICTED_NOTE] : []),
          ...(arms.some(({ datasets }) => datasets.some((own) => own.reported !== undefined)) ? [REPORTED_NOTE] : []),
          ...[...new Set(arms.flatMap((own) => ruleColumns(keys, own).map(({ rule }) => rule)))].map(ruleNote),
        ],
      }),
    };
  });
}

/** Pass@1 and what all samples give; of every size asked for. */
export function headlineKeys(
  arms: readonly ScoredArm[],
  asked: { passAt?: readonly number[]; majorityAt?: readonly number[] },
): string[] {
  const least = Math.min(...arms.flatMap(({ datasets }) => datasets.map(({ n }) => n)));
  const ends = [...new Set([1, least])];
  return [
    ...(asked.passAt ?? ends).map((k) => `pass@${k}`),
    ...(asked.majorityAt ?? ends.filter((k) => k > 1)).map((k) => `majority@${k}`),
  ];
}

/** A column for each rule and k that some dataset has. */
function ruleColumns(keys: readonly string[], { datasets }: ScoredArm): { rule: OtherRule; k: string }[] {
  return OTHER_RULES.flatMap((rule) =>
    passSizes(keys).filter((k) => datasets.some(({ byRule }) => k in (byRule?.[rule] ?? {}))).map((k) => ({ rule, k }))
  );
}

/** The k of these keys that some dataset has a prediction for. */
function predictedSizes(keys: readonly string[], { datasets }: ScoredArm): string[] {
  return passSizes(keys).filter((k) => datasets.some(({ predictedPassAt }) => k in predictedPassAt));
}

function predictedText(predictions: PredictedByK, k: string): string {
  if (!(k in predictions)) return NOTHING;
  const { value, low, high } = predictions[k];
  return `${percentText(value)}\n${rangeText(low, high)}`;
}

function passSizes(keys: readonly string[]): string[] {
  return keys.filter((key) => key.startsWith("pass@")).map((key) => key.slice("pass@".length));
}

function estimateOf(metrics: DatasetMetrics, key: string): Estimate | undefined {
  const [kind, k] = key.split("@");
  return (kind === "pass" ? metrics.passAt : metrics.majorityAt)[k];
}

function estimateText(estimate: Estimate | undefined): string {
  if (estimate === undefined) return NOTHING;
  const { value, low, high, seNew, seSet, seSetMethod } = estimate;
  const errors = `±${percentText(seNew)} / ±${percentText(seSet)}${seSetMethod === "plug-in" ? "*" : ""}`;
  return `${percentText(value)}\n${rangeText(low, high)}\n${errors}`;
}

interface Figure {
  readonly name: string;
  readonly of: (metrics: DatasetMetrics) => number | null;
  readonly text: (metrics: DatasetMetrics) => string;
}

const FIGURES: readonly Figure[] = [
  { name: "tokens", of: ({ meanTokens }) => meanTokens, text: ({ meanTokens }) => tokensText(meanTokens) },
  {
    name: "if correct",
    of: ({ meanTokensCorrect }) => meanTokensCorrect,
    text: ({ meanTokensCorrect }) => tokensText(meanTokensCorrect),
  },
  { name: "cut off", of: ({ truncated }) => truncated, text: ({ truncated }) => shareText(truncated) },
  { name: "no answer", of: ({ unextracted }) => unextracted, text: ({ unextracted }) => shareText(unextracted) },
  {
    name: "grader errors",
    of: ({ graderErrors }) => graderErrors,
    text: ({ graderErrors }) => shareText(graderErrors),
  },
];
