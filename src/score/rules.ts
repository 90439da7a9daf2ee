/**
 * Pass@k of scored datasets by others' rules, beside the unbiased one and apart from it.
 *
 * @module
 */
import { defaultSizes, fewestSamples } from "../metrics/derive.ts";
import { mean } from "../metrics/estimate.ts";
import type { OtherRule } from "../metrics/pass_estimator_name.ts";
import { PASS_ESTIMATORS, passAtKBy, type ProblemOutcome } from "../metrics/pass_estimators.ts";
import type { ProblemCounts } from "../metrics/types.ts";
import type { Sample } from "../evaluation/sample.ts";

/** By rule and k, a decimal string, Pass@k in [0, 1]; a rule that the data do not allow is absent. */
export type ByRule = Readonly<Partial<Record<OtherRule, Readonly<Record<string, number>>>>>;

/**
 * The mean over problems of Pass@k by each rule.
 *
 * @param orders by problem, whether each sample was correct, in order; absent where only counts are known
 * @param sizes the k; those beyond the fewest samples are left out; absent: powers of two, and all samples
 */
export function passAtByRule(
  problems: readonly ProblemCounts[],
  rules: readonly OtherRule[],
  orders?: ReadonlyMap<string, readonly boolean[]>,
  sizes: readonly number[] = defaultSizes(problems).passAt,
): ByRule {
  const outcomes = problems.map(({ id, n, c }): ProblemOutcome => {
    const correct = orders?.get(id);
    return { n, c, ...(correct !== undefined && { correct }) };
  });
  const wanted = sizes.filter((k) => k <= fewestSamples(problems));
  return Object.fromEntries(rules.flatMap((rule) => {
    const values = wanted.map((k) => passAtKBy(rule, outcomes, k));
    if (values.some((own) => own === undefined)) return [];
    return [[rule, Object.fromEntries(wanted.map((k, i) => [k, mean(values[i]!)]))]];
  }));
}

/** Unweighted means over datasets, for the rules and k that all of them have. */
export function averageByRule(datasets: readonly ByRule[]): ByRule {
  const [first = {}] = datasets;
  return Object.fromEntries(
    (Object.keys(first) as OtherRule[]).filter((rule) => datasets.every((own) => rule in own)).map((rule) => {
      const common = Object.keys(first[rule]!).filter((k) => datasets.every((own) => k in own[rule]!));
      return [rule, Object.fromEntries(common.map((k) => [k, mean(datasets.map((own) => own[rule]![k]))]))];
    }),
  );
}

/** By problem, whether each of its samples was correct, in their order. */
export function samplesInOrder(samples: readonly Sample[]): Map<string, boolean[]> {
  return new Map(
    [...Map.groupBy(samples, ({ problem }) => problem)].map(([problem, own]) => [
      problem,
      own.toSorted((a, b) => a.sample - b.sample).map(({ correct }) => correct),
    ]),
  );
}

/** Whether a rule needs the order of samples. */
export function needsOrder(rule: OtherRule): boolean {
  return PASS_ESTIMATORS[rule].needs === "order";
}

/** A line below a table that has the rule. */
export function ruleNote(rule: OtherRule): string {
  return `${rule}: ${PASS_ESTIMATORS[rule].summary}; not the unbiased pass@k.`;
}
