/**
 * What came out, in one sentence, with the one figure to quote and how sure it is: the matched decoding first.
 *
 * @module
 */
import { countText, percentText, pointsRangeText, pointsText, pText } from "../text/numbers.ts";
import type { ArmSummary } from "./arms.ts";
import { type Difference, markInterval } from "./differences.ts";
import type { Summary } from "./summary.ts";

/** The result of an experiment as somebody would retell it. */
export interface Headline {
  /** What came out, with both values. */
  readonly sentence: string;
  /** What was compared with what, and what they share. */
  readonly compared: string;
  /** The figure: a value with its unit, `−6.1 points of Pass@1`. */
  readonly figure: string;
  /** What the figure is of: `lepo − discrete-grpo`. */
  readonly of: string;
  /** Its interval and p, `95 % interval −8.7 to −3.5, p 0.005`. */
  readonly interval: string;
  /** For what it holds, in a sentence. */
  readonly sureness: string;
}

/** The headline of an experiment; undefined where no trained arm can be compared. */
export function headline(summary: Summary): Headline | undefined {
  return againstDiscrete(summary) ?? gains(summary);
}

/** The best of the methods with soft thoughts against discrete GRPO, all decoded alike. */
function againstDiscrete({ arms, attribution }: Summary): Headline | undefined {
  const rows = ordered(
    attribution.filter(({ question }) => question === "against discrete GRPO").map(({ differences: [own] }) => own)
      .filter(({ arm }) => find(arms, arm).trainedLaw?.hard === "no"),
  );
  if (rows.length === 0) return undefined;
  const [best] = rows;
  const [soft, discrete] = [find(arms, best.arm), find(arms, best.reference)];
  const better = rows.filter((row) => row.certainty !== "none" && row.value > 0);
  const worse = rows.filter((row) => row.certainty !== "none" && row.value < 0);
  const all = rows.length === 1 ? "the soft method" : `all ${rows.length} soft methods`;
  const [own, other] = [rightAnswers(soft, best), rightAnswers(discrete, best)];
  const softName = rows.length === 1 ? nameOf(soft) : `the best soft one, ${nameOf(soft)},`;
  const methods = rows.length === 1 ? "A method that trains" : `${rows.length} methods that train`;
  const compared = `${methods} a language model on soft thoughts (mixtures of tokens) against ${nameOf(discrete)}, ` +
    "which trains it on ordinary tokens. All start from the same untrained model and the same problems, and answer " +
    `here in the same way: ${discrete.decodingText}.`;
  const sentence = better.length > 0
    ? `Decoded alike, ${nameOf(soft)} beats ${nameOf(discrete)}: ${own} against ${other}` +
      (rows.length > 1 ? ` (${better.length} of ${rows.length} soft methods do).` : ".")
    : worse.length === rows.length
    ? `Decoded alike, ${nameOf(discrete)} beats ${all}: ${other}; ${softName} has ${own}.`
    : `Decoded alike, no soft method is shown to beat ${nameOf(discrete)}: ${softName} has ${own}, against ${other}.`;
  return { sentence, compared, ...figureOf(best, `${nameOf(soft)} − ${nameOf(discrete)}`) };
}

/** What training gained, where nothing else is comparable: the arm that gained most over an untrained one. */
function gains({ arms, attribution, differences, metrics: [metric] }: Summary): Headline | undefined {
  const rows = ordered(
    attribution.length > 0
      ? attribution.filter(({ question }) => question === "training").map(({ differences: [own] }) => own)
      : differences.filter((own) => own.metric.name === metric.name && isGain(own, arms)),
  );
  if (rows.length === 0) return undefined;
  const [best] = rows;
  const [trained, untrained] = [find(arms, best.arm), find(arms, best.reference)];
  const [before, after] = [rightAnswers(untrained, best), rightAnswers(trained, best)];
  const gained = best.certainty !== "none" && best.value > 0;
  const among = rows.length === 1 ? "" : ` the most of ${countText(rows.length, "trained arm")}`;
  return {
    sentence: gained
      ? `${nameOf(trained)} gains${among} by training: from ${before} to ${after}.`
      : `No gain by training is shown: the best, ${nameOf(trained)}, has ${after}, untrained ${before}.`,
    compared: `${countText(rows.length, "comparison")} of a trained model with an untrained one on the same problems.`,
    ...figureOf(best, `${nameOf(trained)} − ${nameOf(untrained)}`),
  };
}

function figureOf(difference: Difference, of: string): Omit<Headline, "sentence" | "compared"> {
  const { low, high } = markInterval(difference);
  return {
    figure: `${pointsText(difference.value)} points of ${difference.metric.name}`,
    of,
    interval: `95 % interval ${pointsRangeText(low, high)}, p ${pText(difference.pAdjusted)}`,
    sureness: SURENESS[difference.certainty],
  };
}

const SURENESS: Readonly<Record<Difference["certainty"], string>> = {
  clear: "Sure for new problems of this kind and, as far as these training seeds tell, for models trained anew.",
  "these-models": "Sure of these trained models on new problems of this kind; of the methods only with more seeds.",
  none: "Not sure: the interval holds zero, so that the two may be equal.",
};

function isGain({ arm, reference }: Difference, arms: readonly ArmSummary[]): boolean {
  return find(arms, arm).trained && !find(arms, reference).trained;
}

function ordered(rows: readonly Difference[]): Difference[] {
  return rows.toSorted((a, b) => b.value - a.value);
}

function rightAnswers(arm: ArmSummary, { metric }: Difference): string {
  return `${percentText(arm.average.get(metric.name)!.value)} % right answers`;
}

function find(arms: readonly ArmSummary[], label: string): ArmSummary {
  return arms.find((arm) => arm.label === label)!;
}

function nameOf({ trainedAs, label }: ArmSummary): string {
  return trainedAs ?? label;
}
