/**
 * What a source says, as data that results can decide: two rows of an experiment, a metric, and the sign that the source
 * gives to their difference.
 *
 * @module
 */
import { z } from "npm:zod@4.3.5";
import { nearestName, UsageError } from "../errors.ts";
import { check } from "../files/check.ts";
import { joinSeeds, type SeedValues } from "../metrics/seeds.ts";
import type { ArmSummary } from "./arms.ts";
import { type Certainty, comparePairs, type Difference, markInterval, type NamedMetric } from "./differences.ts";
import type { Summary } from "./summary.ts";

// Types written from the schemas of this file by `deno task schemas`.
/** What a source says, and which two rows decide it here. */
export interface Claim {
  /** Unique in its ablation (words of a-z, 0-9 and . joined by -). */
  readonly id: string;
  /** The claim in one sentence (one sentence with a full stop). */
  readonly claim: string;
  /** Paper and the figure, table or section in it. */
  readonly source: string;
  /** The numbers that the source gives (absent: none that could be read). */
  readonly printed?: string;
  /** Label of the row that the claim is about. */
  readonly arm: string;
  /** Label of the row that is taken off. */
  readonly reference: string;
  /** What decides. */
  readonly metric: "Pass@1" | "Pass@32" | "majority@32" | "tokens";
  /** Whether the source has more or less of it in `arm`. */
  readonly direction: "more" | "less";
}
// End of written types.

/** What claims are about: accuracy, and the length of completions, thoughts and answer together. */
export const CLAIM_METRICS = ["Pass@1", "Pass@32", "majority@32", "tokens"] as const;

/** The metric that is a mean of positions; the others are shares. */
const TOKENS = "tokens";

const ID = /^[a-z0-9]+(-[a-z0-9.]+)*$/;

/** What a {@link Claim} must be. */
export const claimSchema = z.strictObject({
  id: z.string().regex(ID).meta({ expected: "words of a-z, 0-9 and . joined by -" })
    .describe("unique in its ablation"),
  claim: z.string().regex(/^\S.*\.$/).meta({ expected: "one sentence with a full stop" })
    .describe("the claim in one sentence"),
  source: z.string().min(1).describe("paper and the figure, table or section in it"),
  printed: z.string().min(1).exactOptional().describe("the numbers that the source gives")
    .meta({ absent: "none that could be read" }),
  arm: z.string().min(1).describe("label of the row that the claim is about"),
  reference: z.string().min(1).describe("label of the row that is taken off"),
  metric: z.enum(CLAIM_METRICS).describe("what decides"),
  direction: z.enum(["more", "less"]).describe("whether the source has more or less of it in `arm`"),
}).readonly().refine(({ arm, reference }) => arm !== reference, {
  path: ["reference"],
  error: "another row than arm",
}).meta({ id: "Claim", description: "what a source says, and which two rows decide it here" });

/** What the claims of an ablation must be. */
export const claimsSchema = z.array(claimSchema).min(1).readonly().superRefine((claims, context) => {
  const again = claims.findIndex(({ id }, i) => claims.findIndex((other) => other.id === id) !== i);
  if (again >= 0) context.addIssue({ code: "custom", path: [again, "id"], message: "each id once" });
});

/**
 * Claims, checked against the rows that their experiment has.
 *
 * @param value whatever a file exports
 * @param name of the experiment, for errors
 * @param rows labels of the experiment's results
 * @returns a frozen copy
 * @throws {UsageError} About the first fault, or the first row that is not there
 */
export function checkClaims(value: unknown, name: string, rows: readonly string[]): readonly Claim[] {
  const claims = check(claimsSchema, value, { root: "claims", of: `experiment ${name}` });
  for (const { id, arm, reference } of claims) {
    const missing = [arm, reference].find((label) => !rows.includes(label));
    if (missing === undefined) continue;
    const near = nearestName(missing, rows);
    throw new UsageError(
      `Cannot use claim ${id} of experiment ${name}: found row ${JSON.stringify(missing)}, expected one of its ` +
        `${rows.length} results${near === undefined ? "" : `; did you mean ${JSON.stringify(near)}?`}`,
    );
  }
  return claims;
}

/** What results say of a claim. */
export type Verdict = "agrees" | "does not agree" | "cannot be told here";

/** A difference with the interval that belongs to its mark. */
export interface JudgedDifference {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly certainty: Certainty;
}

/** A claim whose rows are there. */
export interface JudgedClaim {
  readonly claim: Claim;
  readonly verdict: Verdict;
  /** `arm` minus `reference`, in the unit of the metric: shares, or tokens. */
  readonly difference: JudgedDifference;
  readonly arm: ArmSummary;
  readonly reference: ArmSummary;
}

/** A claim that these results cannot decide. */
export interface OpenClaim {
  readonly claim: Claim;
  /** Rows and metrics that the results lack; empty where a dataset has too few problems to compare. */
  readonly missing: readonly string[];
}

/**
 * What results say of claims, as one family of comparisons: a difference is told from noise after Holm's correction over
 * all claims of the experiment whose rows are there. A claim agrees where its difference has the claimed sign and a mark
 * (▲ ▼ △ ▽), does not where it has the other sign and a mark, and cannot be told where there is none (≈).
 *
 * @returns in the order of the claims
 */
export function judgeClaims(summary: Summary, claims: readonly Claim[]): (JudgedClaim | OpenClaim)[] {
  const limit = longestCompletion(summary);
  const arms = new Map(
    summary.arms.map((arm) => [arm.label, limit === undefined ? arm : withTokens(arm, limit)]),
  );
  const known = [...summary.metrics.map(({ name }) => name), ...(limit === undefined ? [] : [TOKENS])];
  const missingOf = ({ arm, reference, metric }: Claim) => [
    ...[arm, reference].filter((label) => !arms.has(label)),
    ...(known.includes(metric) ? [] : [metric]),
  ];
  const decided = claims.filter((claim) => missingOf(claim).length === 0);
  const pairs = decided.map(({ arm, reference, metric }) => ({
    arm: arms.get(arm)!,
    reference: arms.get(reference)!,
    metrics: [{ name: metric }],
  }));
  const differences = new Map(comparePairs(pairs, []).map((difference, i) => [decided[i], difference] as const));
  return claims.map((claim) => {
    const difference = differences.get(claim);
    if (difference === undefined) return { claim, missing: missingOf(claim) };
    const [arm, reference] = [arms.get(claim.arm)!, arms.get(claim.reference)!];
    const unit = claim.metric === TOKENS ? limit! : 1;
    return { claim, verdict: verdictOf(claim, difference), difference: inUnits(difference, unit), arm, reference };
  });
}

function inUnits(difference: Difference<NamedMetric>, unit: number): JudgedDifference {
  const { low, high } = markInterval(difference);
  const { value, certainty } = difference;
  return { value: unit * value, low: unit * low, high: unit * high, certainty };
}

function verdictOf({ direction }: Claim, { certainty, value }: Difference<NamedMetric>): Verdict {
  if (certainty === "none") return "cannot be told here";
  return (value > 0) === (direction === "more") ? "agrees" : "does not agree";
}

/** Longest completion, in tokens; undefined where a row does not say it, or a problem has no length. */
function longestCompletion({ arms }: Summary): number | undefined {
  const results = arms.flatMap((arm) => arm.results);
  const limits = results.flatMap(({ decoding: { maxNewTokens } }) =>
    typeof maxNewTokens === "number" ? [maxNewTokens] : []
  );
  const measured = results.every(({ datasets }) =>
    datasets.every(({ problems }) => problems.every(({ tokens }) => tokens !== undefined))
  );
  return measured && limits.length === results.length ? Math.max(...limits) : undefined;
}

/** An arm with the mean length of each problem's samples among its values, as a share of the limit: in [0, 1]. */
function withTokens(arm: ArmSummary, limit: number): ArmSummary {
  const all: SeedValues = arm.results[0].datasets.map((_, d) =>
    arm.results.map(({ datasets }) => datasets[d].problems.map(({ tokens }) => tokens!.mean / limit))
  );
  return { ...arm, values: new Map([...arm.values, [TOKENS, arm.trained ? all : joinSeeds(all)]]) };
}
