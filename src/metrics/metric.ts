/**
 * A metric by name, `pass@32` or `majority@32`, and its value for each problem.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { ballotsOf, fewestSamples } from "./derive.ts";
import { majorityAtK } from "./majority_at_k.ts";
import { passAtK } from "./pass_at_k.ts";
import type { ProblemCounts } from "./types.ts";

/** What is averaged over problems. */
export interface Metric {
  /** Pass@k or majority@k. */
  readonly kind: "pass" | "majority";
  /** Number of samples. */
  readonly k: number;
}

/** @throws {UsageError} If the text is not `pass@k` or `majority@k` */
export function parseMetric(text: string): Metric {
  const match = /^(pass|majority)@([1-9]\d*)$/i.exec(text);
  if (!match) {
    throw new UsageError(
      `Cannot use the metric ${JSON.stringify(text)}: expected pass@K or majority@K, such as pass@32`,
    );
  }
  return { kind: match[1].toLowerCase() as Metric["kind"], k: Number(match[2]) };
}

/** `pass@32`. */
export function metricName({ kind, k }: Metric): string {
  return `${kind}@${k}`;
}

/** Pass@1, and Pass@k and majority@k at the fewest samples of all these datasets; majority only where there are votes. */
export function headlineMetrics(datasets: readonly (readonly ProblemCounts[])[]): Metric[] {
  const k = Math.min(...datasets.map(fewestSamples));
  const voted = datasets.every((problems) => problems.every(({ votes }) => votes !== undefined));
  const metrics: Metric[] = [{ kind: "pass", k: 1 }];
  if (k > 1) metrics.push({ kind: "pass", k });
  if (k > 1 && voted) metrics.push({ kind: "majority", k });
  return metrics;
}

/** (P), the metric of each problem, in [0, 1]; undefined where samples or votes are missing. */
export function metricValues(problems: readonly ProblemCounts[], { kind, k }: Metric): number[] | undefined {
  if (fewestSamples(problems) < k) return undefined;
  if (kind === "pass") return problems.map(({ n, c }) => passAtK(n, c, k));
  const ballots = problems.map(ballotsOf);
  return ballots.every((ballot) => ballot !== undefined) ? ballots.map((ballot) => majorityAtK(ballot!, k)) : undefined;
}
