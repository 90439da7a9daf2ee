/**
 * Results of earlier versions as today's, so that old and new ones align. Version 1 could not say how much of a dataset
 * was scored, how soft thoughts were, or how an arm was trained beside its configuration; what it lacks is named. Butt
 * et al.'s algorithm was once called `soft-grpo`, which a reader takes for SofT-GRPO.
 *
 * @module
 */
import { z } from "npm:zod@4.3.5";
import type { JsonObject, JsonValue } from "../files/json.ts";
import { type JsonSchema, publishedSchema } from "../files/json_schema.ts";
import { RESULT } from "./schema.ts";
import type { Result } from "./types.ts";

const { shape } = RESULT.unwrap();
const armShape = shape.arm.unwrap().shape;

/** A result file of version 1. */
export const RESULT_V1 = RESULT.unwrap()
  .omit({
    lacks: true,
    intervals: true,
    decoding: true,
    thoughtTokens: true,
    answerTokens: true,
    softness: true,
    likeMatched: true,
  })
  .extend({
    schemaVersion: z.literal(1),
    arm: z.strictObject(armShape).omit({ objective: true })
      .extend({ sampling: z.record(z.string(), z.custom<JsonValue>()) }),
    datasets: z.array(shape.datasets.unwrap().element.unwrap().omit({ coverage: true, kind: true })),
    training: shape.training.unwrap().omit({ mismatch: true, leftOutProblems: true, notes: true }),
  });

/** The published JSON Schema of version 1: `results/schema/result-v1.schema.json`. */
export function earlierResultJsonSchema(): JsonSchema {
  return publishedSchema(RESULT_V1, {
    $id: "urn:soft-grpo-bench:result-v1",
    title: "soft-grpo-bench result, schema version 1",
    description: "One evaluated arm of an experiment, as versions before 0.3 wrote it.",
  });
}

/** What version 1 does not hold. */
const LACKS_V1 = [
  "coverage of datasets",
  "softness of thoughts",
  "tokens of thought and answer apart",
  "mismatch of sampler and trainer",
] as const;

/**
 * A checked file of version 1 as a result of today.
 *
 * @param file as {@link RESULT_V1} has it
 */
export function fromVersion1(
  { arm: { sampling, ...arm }, datasets, training, ...rest }: z.infer<typeof RESULT_V1>,
): Result {
  return {
    ...rest,
    schemaVersion: 2,
    lacks: LACKS_V1,
    arm: { ...arm, objective: trainedFor(rest.experiment.config) },
    decoding: { text: arm.decoding, matched: false, ...sampling },
    datasets: datasets.map((dataset) => ({ ...dataset, coverage: { scored: dataset.problems.length, of: null } })),
    thoughtTokens: null,
    answerTokens: null,
    softness: null,
    likeMatched: null,
    training: { ...training, mismatch: null, notes: [] },
  } as Result;
}

/** What the configuration says an arm was trained for. */
function trainedFor({ arms }: JsonObject): JsonObject | null {
  const [arm] = Array.isArray(arms) ? arms : [];
  const objective = isObject(arm) ? arm.training ?? arm.objective : undefined;
  return isObject(objective) ? objective : null;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Today's names of algorithms by those that earlier versions wrote. */
const RENAMED: Readonly<Record<string, string>> = { "soft-grpo": "soft-tokens-grpo" };

/** Today's name of an algorithm, or of an arm or evaluation that is named after one: `soft-grpo-fuzzy`. */
export function presentName(name: string): string {
  const earlier = Object.keys(RENAMED).find((own) => name.startsWith(own) && /^([-._]|$)/.test(name.slice(own.length)));
  return earlier === undefined ? name : RENAMED[earlier] + name.slice(earlier.length);
}

/**
 * The result with today's label and algorithm; its configuration stays as it was hashed. What others published keeps
 * the names that it was imported under.
 */
export function presentNames(result: Result): Result {
  const { algorithm, label } = result.arm;
  if (result.status === "imported" || !(algorithm in RENAMED)) return result;
  return { ...result, arm: { ...result.arm, algorithm: presentName(algorithm), label: presentName(label) } };
}
