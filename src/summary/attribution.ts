/**
 * What filter, noise, softness, estimator and training do, each as differences of two rows that differ in nothing else:
 * every paper of the field mixes them.
 *
 * @module
 */
import { keepsAll } from "../algorithms/candidates.ts";
import type { ArmSummary, ShownMetric } from "./arms.ts";
import { comparePairs, type Difference } from "./differences.ts";
import { settingsThatDiffer, TRAINING, trainingSettings } from "./settings.ts";

/** What a row of the attribution asks. */
export type Question =
  | "filter"
  | "noise"
  | "softness"
  | "training"
  | "estimator"
  | "softness in training"
  | "against discrete GRPO"
  | "transfer"
  | "training, own decoding"
  | "as published";

/** What each question compares, for the note of a table. */
export const QUESTIONS: Readonly<Record<Question, string>> = {
  filter: "untrained tokens, filtered − unfiltered",
  noise: "untrained mixtures, with − without noise",
  softness: "untrained, mixtures − tokens under the same filter",
  training: "trained − untrained, both matched: like for like",
  estimator: "SofT-GRPO's score on hard thoughts − discrete GRPO, both matched: what the density alone does",
  "softness in training": "trained on soft − on hard thoughts, both matched",
  "against discrete GRPO": "trained − discrete GRPO trained under the matched decoding, both matched",
  transfer: "trained softly, decoded by the matched decoding − by its own",
  "training, own decoding": "trained − untrained, both in the arm's own decoding",
  "as published": "the arm in its own decoding − discrete GRPO without a filter, as papers print it",
};

/** Two rows of which one differs from the other by what is asked. */
export interface Pair {
  readonly question: Question;
  readonly arm: ArmSummary;
  readonly reference: ArmSummary;
}

/** An answer, in every metric. */
export interface AttributionRow {
  /** What is asked. */
  readonly question: Question;
  /** Label. */
  readonly arm: string;
  /** Label of the row that is taken off. */
  readonly reference: string;
  /** Names of all settings in which the two differ. */
  readonly differs: readonly string[];
  /** One per metric. */
  readonly differences: readonly Difference[];
}

/**
 * What is only one setting of a row's law, by question: a pair that differs in another setting is not compared under
 * that question. Where a question is about whole algorithms, the table names what differs.
 */
const ONLY: Readonly<Partial<Record<Question, readonly string[]>>> = {
  filter: ["filter", "filter of answers"],
  noise: ["thoughts"],
  // The released code also noises answer tokens.
  softness: ["thoughts", "answers"],
  training: [TRAINING],
  "training, own decoding": [TRAINING],
  estimator: ["training thoughts"],
  "softness in training": ["training thoughts"],
};

/** Whether two rows differ in what a question is about, and in nothing that it does not name. */
export function answers(question: Question, arm: ArmSummary, reference: ArmSummary): boolean {
  const differs = settingsThatDiffer(arm.results[0], reference.results[0]);
  const allowed = ONLY[question];
  return differs.length > 0 && (allowed === undefined || differs.every((name) => allowed.includes(name)));
}

/**
 * The pairs that answer each question, in the order of {@link QUESTIONS}; none without a matched decoding.
 *
 * @param arms of one experiment
 */
export function attributionPairs(arms: readonly ArmSummary[]): Pair[] {
  const untrained = arms.filter((arm) => !arm.trained);
  const trained = arms.filter((arm) => arm.trained);
  const base = untrained.find((arm) => arm.matched);
  if (base === undefined) return [];
  const matched = trained.filter((arm) => arm.matched);
  const own = trained.filter((arm) => arm.own);
  const discrete = matched.find((arm) => arm.own && arm.law?.hard === "yes");
  const hardThoughts = matched.filter((arm) => arm.trainedLaw?.hard === "nearly");
  const soft = matched.filter((arm) => arm.trainedLaw?.hard === "no");
  const unfiltered = arms.filter((arm) =>
    arm.law?.hard === "yes" && arm.law.filter !== undefined && keepsAll(arm.law.filter)
  );
  const published = trained.find((arm) => unfiltered.includes(arm) && arm.trainedAs === discrete?.trainedAs);
  const mixtures = untrained.filter((arm) => arm.law?.hard === "no");
  const against = (question: Question, own: readonly ArmSummary[], references: readonly (ArmSummary | undefined)[]) =>
    own.flatMap((arm) =>
      references.filter((reference) =>
        reference !== undefined && reference !== arm && answers(question, arm, reference)
      )
        .map((reference): Pair => ({ question, arm, reference: reference! }))
    );
  const sameTraining = (arm: ArmSummary) => own.find((other) => other.trainedAs === arm.trainedAs);
  return [
    ...against("filter", [base], untrained.filter((arm) => unfiltered.includes(arm))),
    ...against(
      "noise",
      mixtures.filter((arm) => arm.law!.noise !== undefined),
      mixtures.filter((arm) => arm.law!.noise === undefined),
    ),
    ...against("softness", mixtures, [base]),
    ...against("training", matched, [base]),
    ...against("estimator", hardThoughts, [discrete]),
    ...soft.flatMap((arm) =>
      against("softness in training", [arm], hardThoughts.filter((hard) => sameScore(arm, hard)))
    ),
    ...against("against discrete GRPO", matched.filter((arm) => !hardThoughts.includes(arm)), [discrete]),
    ...soft.flatMap((arm) => against("transfer", [arm], [sameTraining(arm)])),
    ...own.filter((arm) => !arm.matched).flatMap((arm) => against("training, own decoding", [arm], untrained)),
    ...against("as published", own.filter((arm) => arm.trainedLaw?.hard === "no"), [published ?? discrete]),
  ];
}

/** The attribution of an experiment; empty without a matched decoding, and where problems are too few to compare. */
export function attribution(arms: readonly ArmSummary[], metrics: readonly ShownMetric[]): AttributionRow[] {
  const pairs = attributionPairs(arms);
  const differences = comparePairs(pairs, metrics);
  return pairs.map(({ question, arm, reference }) => ({
    question,
    arm: arm.label,
    reference: reference.label,
    differs: settingsThatDiffer(arm.results[0], reference.results[0]),
    differences: differences.filter((own) => own.arm === arm.label && own.reference === reference.label),
  })).filter((row) => row.differences.length > 0);
}

/** Whether two trained arms differ in the temperature of their mixtures alone. */
function sameScore(a: ArmSummary, b: ArmSummary): boolean {
  const [own, other] = [a, b].map(({ results: [result] }) => {
    const { perturbation, ...rest } = JSON.parse(trainingSettings(result)?.get("training thoughts") ?? "{}");
    const { temperature: _, ...noise } = perturbation ?? {};
    return JSON.stringify([rest, noise]);
  });
  return own === other;
}
