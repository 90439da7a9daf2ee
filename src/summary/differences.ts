/**
 * Which arms are compared with which, and what may be said about each difference.
 *
 * @module
 */
import { flipsFor, holm, holmConfidences, SIGNIFICANCE } from "../metrics/paired.ts";
import { correctedIntervals, differenceOverSeeds, type SeedDifference, type SeedValues } from "../metrics/seeds.ts";
import { type ArmSummary, isHard, type ShownMetric } from "./arms.ts";

/**
 * What a difference allows to be said: `clear` also for new seeds, as far as those that ran can tell; `these-models` for
 * new problems of the same kind under the very models that were trained; `none` where the arms are not distinguishable.
 */
export type Certainty = "clear" | "these-models" | "none";

/** What values of an arm are found by. */
export interface NamedMetric {
  /** As in `ArmSummary.values`. */
  readonly name: string;
}

/**
 * One arm against another in one metric, as the mean over datasets or on one of them. For new problems its intervals have
 * the confidence that Holm's correction over the table gives this comparison, and they hold zero wherever the sign-flip
 * test does not rule it out; for new seeds they are at 95 %.
 */
export interface Difference<M extends NamedMetric = ShownMetric> extends SeedDifference {
  /** Label of the arm. */
  readonly arm: string;
  /** Label of the arm that it is compared with. */
  readonly reference: string;
  /** What is compared. */
  readonly metric: M;
  /** Holm's adjusted two-sided p over all differences of the table. */
  readonly pAdjusted: number;
  /** Of the interval for new problems, in [0.95, 1). */
  readonly confidence: number;
  /** What the intervals allow to say. */
  readonly certainty: Certainty;
}

/**
 * Differences of the means over datasets: every trained arm against the untrained arm that its experiment names, else that
 * of the same decoding, else that of discrete decoding; every arm also against the one of its kind, trained or not, with
 * discrete decoding.
 */
export function compareArms(arms: readonly ArmSummary[], metrics: readonly ShownMetric[]): Difference[] {
  return comparePairs(automaticPairs(arms), metrics);
}

/** Two arms of which one is taken off the other. */
export interface ComparedPair<M extends NamedMetric = ShownMetric> {
  readonly arm: ArmSummary;
  readonly reference: ArmSummary;
  /** What they are compared in; absent: every metric of the table. */
  readonly metrics?: readonly M[];
}

/** Differences of the means over datasets of these pairs, as one family of comparisons. */
export function comparePairs<M extends NamedMetric = ShownMetric>(
  pairs: readonly ComparedPair<M>[],
  metrics: readonly M[],
): Difference<M>[] {
  return compare(pairs, metrics, [{ name: "mean", select: (values) => values }])[0];
}

/** The same by dataset, as one family of comparisons: (datasets)(differences). */
export function compareByDataset(
  arms: readonly ArmSummary[],
  metrics: readonly ShownMetric[],
  datasets: readonly string[],
): Difference[][] {
  return compare(automaticPairs(arms), metrics, datasets.map((name, d) => ({ name, select: (values) => [values[d]] })));
}

/** What is compared: all datasets, or one. */
interface Part {
  readonly name: string;
  readonly select: (values: SeedValues) => SeedValues;
}

function compare<M extends NamedMetric>(
  pairs: readonly ComparedPair<M>[],
  metrics: readonly M[],
  parts: readonly Part[],
): Difference<M>[][] {
  const comparisons = pairs.reduce((sum, pair) => sum + (pair.metrics ?? metrics).length, 0);
  const flips = flipsFor(comparisons * parts.length);
  const raw = parts.map(({ name, select }) =>
    pairs.flatMap(({ arm, reference, metrics: own = metrics }) =>
      own.flatMap((metric) => {
        const [before, after] = [reference, arm].map((side) => select(side.values.get(metric.name)!));
        if (!comparable(before)) return [];
        const seedsPaired = arm.trained && reference.trained && String(arm.seeds) === String(reference.seeds);
        const stream = `${arm.label} - ${reference.label}, ${metric.name}, ${name}`;
        return [{
          arm,
          reference,
          metric,
          values: [before, after] as const,
          difference: differenceOverSeeds(before, after, seedsPaired, stream, flips),
        }];
      })
    )
  );
  const pValues = raw.flat().map(({ difference }) => difference.p);
  const adjusted = holm(pValues).values();
  const confidences = holmConfidences(pValues).values();
  return raw.map((own) =>
    own.map(({ arm, reference, metric, values: [before, after], difference }) => {
      const [pAdjusted, confidence] = [adjusted.next().value!, confidences.next().value!];
      const zeroIsOpen = pAdjusted > SIGNIFICANCE;
      const corrected = {
        ...difference,
        ...correctedIntervals(before, after, difference.seedsPaired, confidence, zeroIsOpen),
      };
      return {
        ...corrected,
        arm: arm.label,
        reference: reference.label,
        metric,
        pAdjusted,
        confidence,
        certainty: certainty(corrected, [arm, reference]),
      };
    })
  );
}

function automaticPairs(arms: readonly ArmSummary[]): ComparedPair[] {
  return arms.flatMap((arm) => references(arm, arms).map((reference) => ({ arm, reference })));
}

function references(arm: ArmSummary, arms: readonly ArmSummary[]): ArmSummary[] {
  const untrained = arms.filter((other) => !other.trained);
  const own = untrained.find((other) => other.decoding === arm.decoding) ??
    untrained.find((other) => isHard(other));
  const first = arms.find((other) => other.trained === arm.trained && isHard(other));
  return [...new Set([arm.trained ? own : undefined, first])]
    .filter((other): other is ArmSummary => other !== undefined && other !== arm);
}

/** Paired tests need two problems per dataset. */
function comparable(values: SeedValues): boolean {
  return values.every((seeds) => seeds[0].length >= 2);
}

function certainty(
  { low, high, problemsLow, problemsHigh }: SeedDifference,
  sides: readonly ArmSummary[],
): Certainty {
  // One seed says nothing about the next; an untrained arm has no training seed.
  const seedsKnown = sides.every((side) => !side.trained || side.seeds.length > 1);
  if (seedsKnown && excludesZero(low, high)) return "clear";
  return excludesZero(problemsLow, problemsHigh) ? "these-models" : "none";
}

function excludesZero(low: number, high: number): boolean {
  return low > 0 || high < 0;
}

/**
 * The interval that belongs to the mark, to stand beside it: it leaves out zero exactly where the mark is not `none`. For
 * `these-models` that for new problems under the models that were trained, else that for new problems and new seeds.
 */
export function markInterval(
  { certainty, low, high, problemsLow, problemsHigh }: Difference<NamedMetric>,
): { low: number; high: number } {
  return certainty === "these-models" ? { low: problemsLow, high: problemsHigh } : { low, high };
}

/** The sign beside a difference: filled where it is clear, hollow where it holds for these models only. */
export function differenceSign({ certainty, value }: Pick<Difference, "certainty" | "value">): string {
  if (certainty === "none") return "≈";
  if (certainty === "clear") return value > 0 ? "▲" : "▼";
  return value > 0 ? "△" : "▽";
}
