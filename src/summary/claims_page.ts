/**
 * The page of all ablations: per ablation what sources claim, what came out here, and whether it agrees.
 *
 * @module
 */
import { codeSpan, escapeMarkdown, markdownTable } from "../text/markdown.ts";
import {
  countText,
  NOTHING,
  percentText,
  pointsRangeText,
  pointsText,
  rangeText,
  shareText,
  signedText,
  tokensText,
} from "../text/numbers.ts";
import type { ArmEstimate, ArmSummary } from "./arms.ts";
import { type Claim, judgeClaims, type JudgedClaim, type OpenClaim, type Verdict } from "./claims.ts";
import { differenceSign } from "./differences.ts";
import { settingsThatDiffer } from "./settings.ts";
import { problemCount, type Summary } from "./summary.ts";

/** An ablation: what is claimed, and what its results say where there are some. */
export interface Ablation {
  /** As the command takes it, e.g. `noise`. */
  readonly name: string;
  /** One line. */
  readonly description: string;
  readonly claims: readonly Claim[];
  /** Of its latest results; absent where there are none. */
  readonly summary?: Summary;
}

/** How each verdict is counted, in the order of the first table. */
const VERDICTS: readonly Verdict[] = ["agrees", "does not agree", "cannot be told here"];

const NOTE =
  "Every ablation is the default experiment (its model, data, seeds, steps and samples) with other arms. A claim is " +
  "judged by the difference of two rows that it names: it **agrees** where the difference has the claimed sign and is " +
  "more than noise (▲ ▼; △ ▽ for these models only), **does not agree** where it has the other sign and is more than " +
  "noise, and **cannot be told here** where it is not (≈). Differences are paired over the same problems, with " +
  "Holm-corrected sign-flip tests over the claims of an ablation; percentage points, or tokens a sample. *One token*: " +
  "the share of a row's thoughts that are one token; *top weight*: the mean weight of a thought's heaviest token, in " +
  "percent. The model is tiny: agreement says that a claim holds here too, and disagreement that it is not a law, not " +
  "that its source measured wrongly.";

/** The whole page, with a line break at its end. */
export function claimsPage(ablations: readonly Ablation[]): string {
  const judged = ablations.map((ablation) => ({
    ablation,
    outcomes: ablation.summary === undefined ? undefined : judgeClaims(ablation.summary, ablation.claims),
  }));
  return [
    "# Ablations",
    "Made from result files by `deno task bench:ablations --page`; do not edit.",
    NOTE,
    markdownTable(
      ["ablation", "claims", ...VERDICTS, "no result"],
      judged.map(({ ablation: { name, claims }, outcomes = [] }) => [
        `[${name}](#${name})`,
        String(claims.length),
        ...VERDICTS.map((verdict) =>
          String(outcomes.filter((outcome) => isJudged(outcome) && outcome.verdict === verdict).length)
        ),
        String(claims.length - outcomes.filter(isJudged).length),
      ]),
    ),
    ...judged.map(({ ablation, outcomes }) => section(ablation, outcomes)),
  ].join("\n\n") + "\n";
}

function section(
  { name, description, claims, summary }: Ablation,
  outcomes: readonly (JudgedClaim | OpenClaim)[] | undefined,
): string {
  const command = `deno task bench:ablations ${name}`;
  return [
    `## ${name}`,
    summary === undefined
      ? `${capital(description)}. **No results yet**: \`${command}\` makes them.`
      : `${capital(description)}. ${workText(summary)}. Run again: ${codeSpan(command)}.`,
    markdownTable(
      ["claim", "source", "printed there", "row − row", "differ in", "metric", "here", "one token", "verdict"],
      (outcomes ?? claims.map((claim) => ({ claim, missing: [] }))).map((outcome) =>
        claimCells(outcome, summary === undefined)
      ),
      CLAIM_TEXT_COLUMNS,
    ),
    ...(summary === undefined ? [] : [rowsTable(summary)]),
  ].join("\n\n");
}

/** Claim, source, printed, rows, what they differ in and metric are words. */
const CLAIM_TEXT_COLUMNS = 6;

function claimCells(outcome: JudgedClaim | OpenClaim, noResults: boolean): string[] {
  const { claim: { claim, source, printed = NOTHING, arm, reference, metric, direction } } = outcome;
  const texts = [claim, source, printed, `${arm} − ${reference}`].map(escapeMarkdown);
  const asked = `${metric}, ${direction}`;
  if (!isJudged(outcome)) {
    const missing = outcome.missing.length > 0 ? `no ${outcome.missing.map(escapeMarkdown).join(", ")}` : NOTHING;
    return [...texts, NOTHING, asked, NOTHING, NOTHING, noResults ? "no results yet" : missing];
  }
  const differs = settingsThatDiffer(outcome.arm.results[0], outcome.reference.results[0]).join(", ");
  const softness = [outcome.arm, outcome.reference].map(oneTokenText).join(" / ");
  return [...texts, differs, asked, differenceText(outcome), softness, `**${outcome.verdict}**`];
}

function differenceText({ claim: { metric }, difference }: JudgedClaim): string {
  const { value, low, high } = difference;
  const interval = metric === "tokens"
    ? [signedText(value), `${signedText(low)} to ${signedText(high)}`]
    : [pointsText(value), pointsRangeText(low, high)];
  return `**${interval[0]}** ${differenceSign(difference)} (${interval[1]})`;
}

/** Every row: accuracy, tokens, softness. */
function rowsTable({ arms, metrics }: Summary): string {
  const table = markdownTable(
    ["row", "seeds", ...metrics.map(({ name }) => name), "thought tokens", "answer tokens", "top weight", "one token"],
    arms.map((arm) => [
      `${escapeMarkdown(arm.label)}<br>${escapeMarkdown(arm.decodingText)}`,
      String(arm.seeds.length),
      ...metrics.map(({ name }) => estimateText(arm.average.get(name)!)),
      tokensText(arm.thoughtTokens),
      tokensText(arm.answerTokens),
      percentText(arm.softness?.topWeight),
      oneTokenText(arm),
    ]),
  );
  return `<details><summary>All rows</summary>\n\n${table}\n\n</details>`;
}

function estimateText({ value, low, high }: ArmEstimate): string {
  return `${percentText(value)} (${rangeText(low, high)})`;
}

function oneTokenText({ softness }: ArmSummary): string {
  return shareText(softness?.oneToken ?? null);
}

function workText(summary: Summary): string {
  const { datasets, samples, seeds, model } = summary;
  return `Model ${escapeMarkdown(model)}, ${countText(datasets.length, "dataset")}, ` +
    `${countText(problemCount(summary), "problem")} × ${countText(samples, "sample")}, ${countText(seeds, "seed")}`;
}

function isJudged(outcome: JudgedClaim | OpenClaim): outcome is JudgedClaim {
  return "verdict" in outcome;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
