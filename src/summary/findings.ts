/**
 * What the differences say, a sentence a pair of arms.
 *
 * @module
 */
import type { Certainty, Difference } from "./differences.ts";
import { pointsText } from "../text/numbers.ts";
import type { Summary } from "./summary.ts";

/** One sentence, and which way its surest part points. */
export interface Finding {
  readonly direction: "up" | "down" | "mixed" | "same";
  readonly arm: string;
  readonly reference: string;
  /** What follows `<arm> against <reference>: `. */
  readonly verdict: string;
}

/** One finding a pair of arms: first what training gained, then trained arms against each other, then untrained ones. */
export function findings({ arms, differences }: Summary): Finding[] {
  const trained = new Set(arms.filter((arm) => arm.trained).map((arm) => arm.label));
  const rank = ({ arm, reference }: Difference) => trained.has(arm) ? (trained.has(reference) ? 1 : 0) : 2;
  const pairs = Map.groupBy(differences, ({ arm, reference }) => JSON.stringify([arm, reference]));
  return [...pairs.values()].sort(([a], [b]) => rank(a) - rank(b)).map((own) => ({
    direction: direction(own),
    arm: own[0].arm,
    reference: own[0].reference,
    verdict: verdict(own),
  }));
}

function direction(own: readonly Difference[]): Finding["direction"] {
  const sure = own.filter(({ certainty }) => certainty !== "none");
  if (sure.length === 0) return "same";
  if (sure.every(({ value }) => value > 0)) return "up";
  return sure.every(({ value }) => value < 0) ? "down" : "mixed";
}

function verdict(own: readonly Difference[]): string {
  const select = (certainty: Certainty, sign: number) =>
    own.filter((difference) =>
      difference.certainty === certainty && (certainty === "none" || Math.sign(difference.value) === sign)
    );
  const parts = [
    phrase("better in", select("clear", 1)),
    phrase("worse in", select("clear", -1)),
    phrase("as trained here better in", select("these-models", 1)),
    phrase("as trained here worse in", select("these-models", -1)),
    phrase("not distinguishable in", select("none", 0)),
  ].filter((part) => part !== undefined);
  return `${parts.join("; ")}.`;
}

function phrase(lead: string, own: readonly Difference[]): string | undefined {
  if (own.length === 0) return undefined;
  const names = own.map(({ metric, value }) => `${metric.name} (${pointsText(value)})`);
  const last = names.pop();
  return `${lead} ${names.length === 0 ? last : `${names.join(", ")} and ${last}`}`;
}
