/**
 * Which arms are compared with which, and what may be said about each difference.
 *
 * @module
 */
import { holm } from "../metrics/paired.ts";
import { differenceOverSeeds, type SeedDifference } from "../metrics/seeds.ts";
import type { ArmSummary, ShownMetric } from "./arms.ts";

/** Level at which any false alarm among all comparisons of a table is to stay. */
export const SIGNIFICANCE = 0.05;

/**
 * What a difference allows to be said: `clear` also for new seeds, as far as those that ran can tell; `these-models` for
 * new problems of the same kind under the very models that were trained; `none` where the arms are not distinguishable.
 */
export type Certainty = "clear" | "these-models" | "none";

/** One arm against another in one metric, as the mean over datasets. */
export interface Difference extends SeedDifference {
  readonly arm: string;
  readonly reference: string;
  readonly metric: ShownMetric;
  /** Holm's adjusted two-sided p over all differences of the table. */
  readonly pAdjusted: number;
  readonly certainty: Certainty;
}

/**
 * Every trained arm against the untrained arm that its experiment names, else that of the same decoding, else that of
 * discrete decoding; and against the arm trained with discrete decoding;
 * and the untrained arms against the one with discrete decoding.
 */
export function compareArms(arms: readonly ArmSummary[], metrics: readonly ShownMetric[]): Difference[] {
  const pairs = arms.flatMap((arm) => references(arm, arms).map((reference) => ({ arm, reference })));
  const raw = pairs.flatMap(({ arm, reference }) =>
    metrics.filter((metric) => comparable(arm, reference, metric)).map((metric) => {
      const difference = differenceOverSeeds(
        reference.values.get(metric.name)!,
        arm.values.get(metric.name)!,
        arm.trained && reference.trained && String(arm.seeds) === String(reference.seeds),
        `${arm.label} - ${reference.label}, ${metric.name}`,
      );
      return { arm, reference, metric, difference };
    })
  );
  const adjusted = holm(raw.map(({ difference }) => difference.p));
  return raw.map(({ arm, reference, metric, difference }, i) => ({
    ...difference,
    arm: arm.label,
    reference: reference.label,
    metric,
    pAdjusted: adjusted[i],
    certainty: certainty(difference, adjusted[i], [arm, reference]),
  }));
}

function references(arm: ArmSummary, arms: readonly ArmSummary[]): ArmSummary[] {
  const untrained = arms.filter((other) => !other.trained);
  const own = untrained.find((other) => other.label === arm.base) ??
    untrained.find((other) => other.decoding === arm.decoding) ??
    untrained.find((other) => other.decoding === "discrete");
  const first = arms.find((other) => other.trained === arm.trained && other.decoding === "discrete");
  return [...new Set([arm.trained ? own : undefined, first])]
    .filter((other): other is ArmSummary => other !== undefined && other !== arm);
}

/** Paired tests need two problems a dataset. */
function comparable(arm: ArmSummary, reference: ArmSummary, metric: ShownMetric): boolean {
  return [arm, reference].every((side) => side.values.get(metric.name)!.every((seeds) => seeds[0].length >= 2));
}

function certainty(
  { low, high }: SeedDifference,
  pAdjusted: number,
  sides: readonly ArmSummary[],
): Certainty {
  if (pAdjusted > SIGNIFICANCE) return "none";
  // One seed says nothing about the next; an untrained arm has no training seed.
  const seedsKnown = sides.every((side) => !side.trained || side.seeds.length > 1);
  return seedsKnown && (low > 0 || high < 0) ? "clear" : "these-models";
}

/** The sign beside a difference: filled where it is clear, hollow where it holds for these models only. */
export function differenceSign({ certainty, value }: Difference): string {
  if (certainty === "none") return "≈";
  if (certainty === "clear") return value > 0 ? "▲" : "▼";
  return value > 0 ? "△" : "▽";
}
