/**
 * From the untrained model without a filter to each trained one, a change at a time: filter, softness, noise, training.
 *
 * @module
 */
import type { ArmSummary } from "./arms.ts";
import type { Question } from "./attribution.ts";
import { comparePairs, type Difference } from "./differences.ts";
import type { Summary } from "./summary.ts";

/** One change: from the row before to the next, which differs in what is named. */
export interface WaterfallStep {
  /** What was changed. */
  readonly name: string;
  /** The metric before, in [0, 1]. */
  readonly from: number;
  /** The metric after. */
  readonly to: number;
  /** The row after. */
  readonly arm: ArmSummary;
  /** Of the two rows. */
  readonly difference: Difference;
}

/** The steps to one trained method under the matched decoding. */
export interface Waterfall {
  /** The method, as its rows under the matched decoding. */
  readonly arm: ArmSummary;
  /** Where it starts: untrained, without a filter where there is such a row. */
  readonly start: ArmSummary;
  /** In order; the last ends at `arm`. */
  readonly steps: readonly WaterfallStep[];
}

interface Move {
  readonly name: string;
  readonly arm: ArmSummary;
  readonly reference: ArmSummary;
}

/**
 * The waterfalls of an experiment in its first metric, one a trained method; empty without a matched decoding.
 *
 * Steps are the table's own differences where it has them; the others, such as from tokens to a method's whole way of
 * thinking, are a family of their own.
 */
export function waterfalls(summary: Summary): Waterfall[] {
  const { arms, attribution, metrics: [metric] } = summary;
  const base = arms.find((arm) => !arm.trained && arm.matched);
  if (base === undefined) return [];
  const rowOf = (question: Question, arm: ArmSummary) =>
    attribution.find((row) => row.question === question && row.arm === arm.label);
  const referenceOf = (question: Question, arm: ArmSummary) =>
    arms.find(({ label }) => label === rowOf(question, arm)?.reference);
  const unfiltered = referenceOf("filter", base);
  const filter = unfiltered === undefined ? [] : [{ name: "filter", arm: base, reference: unfiltered }];

  const paths = arms.filter((arm) => arm.trained && arm.matched).map((arm): { arm: ArmSummary; moves: Move[] } => {
    const own = arms.find((other) => other.own && other.trainedAs === arm.trainedAs);
    const softBase = own === undefined || own === arm ? undefined : referenceOf("training, own decoding", own);
    if (own === undefined || softBase === undefined) {
      return { arm, moves: [...filter, { name: "training", arm, reference: base }] };
    }
    const noiseless = referenceOf("noise", softBase);
    return {
      arm,
      moves: [
        ...filter,
        ...(noiseless === undefined ? [{ name: "soft decoding", arm: softBase, reference: base }] : [
          { name: "softness", arm: noiseless, reference: base },
          { name: "noise", arm: softBase, reference: noiseless },
        ]),
        { name: "training", arm: own, reference: softBase },
        { name: "back to tokens", arm, reference: own },
      ],
    };
  });

  const inTable = (move: Move) =>
    attribution.find(({ arm, reference }) => arm === move.arm.label && reference === move.reference.label)
      ?.differences.find((own) => own.metric.name === metric.name);
  const missing = new Map(
    paths.flatMap(({ moves }) => moves).filter((move) => inTable(move) === undefined).map((
      move,
    ) => [keyOf(move), move]),
  );
  const others = new Map(
    comparePairs([...missing.values()], [metric]).map((difference) => [
      JSON.stringify([difference.arm, difference.reference]),
      difference,
    ]),
  );
  const valueOf = (arm: ArmSummary) => arm.average.get(metric.name)!.value;
  return paths.flatMap(({ arm, moves }) => {
    const steps = moves.flatMap((move): WaterfallStep[] => {
      const difference = inTable(move) ?? others.get(keyOf(move));
      if (difference === undefined) return [];
      return [{ name: move.name, from: valueOf(move.reference), to: valueOf(move.arm), arm: move.arm, difference }];
    });
    return steps.length < moves.length ? [] : [{ arm, start: moves[0].reference, steps }];
  });
}

function keyOf({ arm, reference }: Move): string {
  return JSON.stringify([arm.label, reference.label]);
}
