/**
 * What the tables say, in sentences: what is filter, what is estimator, what is softness, who gained, who is soft in name.
 *
 * @module
 */
import { pointsText, shareText } from "../text/numbers.ts";
import type { ArmSummary } from "./arms.ts";
import type { AttributionRow, Question } from "./attribution.ts";
import { type Difference, differenceSign } from "./differences.ts";
import type { Summary } from "./summary.ts";

/** From this share on, thoughts of one token make an arm soft in name only. */
const SOFT_IN_NAME = 0.9;

/** Questions of the first sentence, in its order. */
const PARTS: readonly Question[] = ["filter", "noise", "softness", "estimator", "softness in training"];

/** All sentences of an experiment; those about a matched decoding are there where it has one. */
export function statements(summary: Summary): string[] {
  return [
    ...attributionStatement(summary),
    ...gainStatements(summary),
    ...softnessStatements(summary.arms),
    ...trainingStatements(summary.arms),
    ...validationStatements(summary.arms),
  ];
}

/** What each part of the whole does, in one sentence. */
function attributionStatement({ attribution, arms, metrics: [metric] }: Summary): string[] {
  const parts = PARTS.flatMap((question) => {
    const rows = attribution.filter((row) => row.question === question && isRandom(row.arm, arms));
    const texts = rows.map((row) => `${signed(first(row))}${rows.length > 1 ? ` (${row.arm})` : ""}`);
    return texts.length === 0 ? [] : [`${question} ${texts.join(", ")}`];
  });
  return parts.length === 0 ? [] : [`${metric.name}, one thing at a time: ${parts.join("; ")}.`];
}

/** What mixtures without noise do is the table's alone: nobody decodes so. */
function isRandom(label: string, arms: readonly ArmSummary[]): boolean {
  const law = arms.find((arm) => arm.label === label)?.law;
  return law === undefined || law.noise !== undefined;
}

/** Whether training helped each arm, like for like. */
function gainStatements({ attribution, arms, metrics: [metric] }: Summary): string[] {
  const rows = attribution.filter(({ question }) => question === "training");
  if (rows.length === 0) return [];
  const name = (row: AttributionRow) => arms.find(({ label }) => label === row.arm)!.trainedAs!;
  const gained = (row: AttributionRow) => first(row).certainty !== "none" && first(row).value > 0;
  const others = rows.filter((row) => !gained(row));
  if (others.length === 0) {
    return [`Every trained arm gains ${metric.name} over the untrained model under the matched decoding.`];
  }
  const list = (some: readonly AttributionRow[]) =>
    some.map((row) => `${name(row)} (${signed(first(row))})`).join(", ");
  const gaining = rows.filter(gained);
  const listed = list(others);
  if (gaining.length === 0) {
    return [`Under the matched decoding no trained arm gains ${metric.name} over the untrained model: ${listed}.`];
  }
  if (gaining.length < others.length) {
    const who = `only ${list(gaining)} ${gaining.length === 1 ? "gains" : "gain"}`;
    return [`Under the matched decoding ${who} ${metric.name} over the untrained model, and not ${listed}.`];
  }
  return [
    `Under the matched decoding every trained arm gains ${metric.name} over the untrained model but ${listed}.`,
  ];
}

/** Rows whose mixtures hold one token in nearly all thoughts. */
function softnessStatements(arms: readonly ArmSummary[]): string[] {
  const inName = arms.filter(({ law, softness }) => law?.hard === "no" && (softness?.oneToken ?? 0) >= SOFT_IN_NAME);
  if (inName.length === 0) return [];
  const listed = inName.map(({ label, softness }) => `${label} ${shareText(softness!.oneToken)}`).join(", ");
  return [`Soft in name: of the thoughts of these rows, so many are one token: ${listed}.`];
}

/** What results note about their training. */
function trainingStatements(arms: readonly ArmSummary[]): string[] {
  const notes = arms.flatMap(({ label, trainedAs, results }) =>
    results.flatMap(({ arm, training }) =>
      training.notes.map((note) => `${trainedAs ?? label}, seed ${arm.seed}: ${note}`)
    )
  );
  return [...new Set(notes)];
}

/** Where an evaluation during training was best; the last step is what results are of. */
function validationStatements(arms: readonly ArmSummary[]): string[] {
  const texts = arms.flatMap(({ label, trainedAs, results }) =>
    results.flatMap(({ arm, training: { curve } }) => {
      const seen = curve.filter(({ validationPassAt1 }) => validationPassAt1 !== undefined);
      if (seen.length === 0) return [];
      const best = seen.reduce((a, b) => b.validationPassAt1 > a.validationPassAt1 ? b : a);
      const last = seen.at(-1)!;
      return [
        `${trainedAs ?? label}, seed ${arm.seed}: validation Pass@1 was best after step ${best.step} ` +
        `(${shareText(best.validationPassAt1)}), after the last step ${last.step} it was ${
          shareText(last.validationPassAt1)
        }; results are of the last step.`,
      ];
    })
  );
  return [...new Set(texts)];
}

function first({ differences }: AttributionRow): Difference {
  return differences[0];
}

function signed(difference: Difference): string {
  return `${pointsText(difference.value)} ${differenceSign(difference)}`;
}
