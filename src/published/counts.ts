/**
 * Per-problem counts that others published: one row per arm and dataset, `{base_model, training, decoding, dataset,
 * samples_per_problem, correct_counts, source, protocol?, sampling?, reported?, dataset_version?}`, as a JSON list.
 *
 * @module
 */
import { z } from "npm:zod@4.3.5";
import { check, type Fault, faultError, foundText, type Subject } from "../files/check.ts";
import { mean } from "../metrics/estimate.ts";
import type { ResultCounts } from "../result/complete.ts";
import { publishedSize } from "../result/coverage.ts";
import { jsonSha256 } from "../files/hash.ts";
import { MOST_SAMPLES } from "../metrics/pass_at_k.ts";
import type { JsonObject, JsonValue } from "../files/json.ts";
import { protocolSchema } from "./printed.ts";

/** Schema of {@link PublishedRow}; keys that a publisher adds are let be. */
const PUBLISHED_ROW = z.object({
  base_model: z.string(),
  training: z.string().describe("what it was trained with: `none`, `grpo`, `soft-grpo`, … in the publisher's words"),
  decoding: z.string().describe("`discrete`, `soft`, … in the publisher's words"),
  dataset: z.string().min(1),
  dataset_version: z.string().exactOptional(),
  samples_per_problem: z.int().min(1),
  correct_counts: z.array(z.int().min(0)).min(1).readonly().describe(
    "correct samples of each problem, in the order of the dataset",
  ),
  source: z.string().min(1),
  protocol: protocolSchema.exactOptional().describe("how the row was evaluated, by its name in `protocols.ts`"),
  sampling: z.record(z.string(), z.custom<JsonValue>()).readonly().exactOptional(),
  reported: z.record(z.string(), z.custom<JsonValue>()).readonly().exactOptional().describe(
    "what the publisher computed from the same samples",
  ),
}).readonly();

/** One arm on one dataset. */
export type PublishedRow = z.infer<typeof PUBLISHED_ROW>;

const PUBLISHED_ROWS = z.array(PUBLISHED_ROW).min(1);

/**
 * @throws {BenchError} If the value is not a list of published rows, or if a row contradicts itself, another row or its
 * dataset; the message names the place
 */
export function parsePublishedRows(value: unknown, file: string): PublishedRow[] {
  const subject: Subject = { cannot: "read", of: `${file} as published counts` };
  const rows = check(PUBLISHED_ROWS, value, subject);
  const seen = new Map<string, number>();
  for (const [row, own] of rows.entries()) {
    const key = JSON.stringify([armKey(own), own.dataset]);
    const fault = twiceFault(own, seen.get(key)) ?? countsFault(own) ?? reportedFault(own);
    if (fault !== undefined) throw faultError(subject, { ...fault, path: [row, ...fault.path] });
    seen.set(key, row);
  }
  return rows;
}

function armKey({ base_model, training, decoding }: PublishedRow): string {
  return JSON.stringify([base_model, training, decoding]);
}

function twiceFault({ dataset }: PublishedRow, earlier: number | undefined): Fault | undefined {
  return earlier === undefined ? undefined : {
    path: ["dataset"],
    found: foundText(dataset),
    expected: `another dataset, as row ${earlier} is of the same one and the same arm`,
  };
}

function countsFault({ dataset, samples_per_problem: n, correct_counts: counts }: PublishedRow): Fault | undefined {
  if (n > MOST_SAMPLES) return { path: ["samples_per_problem"], found: `${n}`, expected: `at most ${MOST_SAMPLES}` };
  const problem = counts.findIndex((c) => c > n);
  if (problem >= 0) {
    return {
      path: ["correct_counts", problem],
      found: `${counts[problem]}`,
      expected: `at most samples_per_problem = ${n}`,
    };
  }
  const size = publishedSize(dataset);
  return size === undefined || counts.length <= size ? undefined : {
    path: ["correct_counts"],
    found: `${counts.length} counts`,
    expected: `at most ${size}, the problems of ${dataset}`,
  };
}

/** Publishers round to a tenth of a percent, or finer. */
const ROUNDED = 0.0005;

/** A mean over samples is the same by any rule; of k samples others make other figures. */
function reportedFault(row: PublishedRow): Fault | undefined {
  const { "1": reported } = reportedPassAt(row);
  if (reported === undefined) return undefined;
  const counted = mean(row.correct_counts.map((c) => c / row.samples_per_problem));
  return Math.abs(reported - counted) <= ROUNDED + TINY ? undefined : {
    path: ["reported", "pass_at_1"],
    found: `${reported}`,
    expected: `${counted}, the mean of the row's own counts`,
  };
}

/** What rounding in the last digit of a double may add. */
const TINY = 1e-9;

/** What a publisher reports, as the SofT-GRPO release logs it. */
const REPORTED = z.object({
  pass_at_1: z.number(),
  ks: z.array(z.int().min(1)).readonly().exactOptional(),
  pass_at_k: z.array(z.number()).readonly().exactOptional(),
});

/**
 * By k, the Pass@k in [0, 1] that the publisher computed from the same samples, by a rule of their own; empty where none
 * is reported, or in another form.
 */
export function reportedPassAt({ reported }: Pick<PublishedRow, "reported">): Readonly<Record<string, number>> {
  const { success, data } = REPORTED.safeParse(reported);
  if (!success) return {};
  const { pass_at_1, ks = [], pass_at_k = [] } = data;
  return Object.fromEntries([["1", pass_at_1], ...ks.flatMap((k, i) => i in pass_at_k ? [[k, pass_at_k[i]]] : [])]);
}

/** The names of this project for those of the SofT-GRPO release; others stay as they are. */
const ALGORITHMS: Readonly<Record<string, string>> = {
  "none": "base",
  "grpo": "discrete-grpo",
  "soft-grpo": "soft-thinking-grpo",
};
const DECODINGS: Readonly<Record<string, string>> = { "soft": "soft-thinking" };

/** How each algorithm decodes when nothing else is said: then the label is the algorithm's name alone. */
const OWN_DECODING: Readonly<Record<string, string>> = {
  "discrete-grpo": "discrete",
  "soft-thinking-grpo": "soft-thinking",
};

/** `aime2024/0022`: row number of the dataset, as its own files name problems. */
const ID_DIGITS = 4;

/**
 * Published rows as results of status `imported`: one per arm, with its datasets in the order of the rows.
 *
 * @param name of the experiment that these results are to belong to
 * @param importedAt ISO 8601, UTC
 */
export function importPublished(rows: readonly PublishedRow[], name: string, importedAt: string): ResultCounts[] {
  return publishedArms(rows).map((own) => importArm(own, name, importedAt));
}

/** Rows by arm, in the order in which arms first come: what {@link importPublished} makes one result of each. */
export function publishedArms(rows: readonly PublishedRow[]): PublishedRow[][] {
  return [...Map.groupBy(rows, armKey).values()];
}

function importArm(rows: readonly PublishedRow[], name: string, importedAt: string): ResultCounts {
  const [first] = rows;
  const algorithm = ALGORITHMS[first.training] ?? first.training;
  const decoding = DECODINGS[first.decoding] ?? first.decoding;
  const sources = [...new Set(rows.map(({ source }) => source))];
  // The same for all arms of a publication, so that they stand in one table.
  const config: JsonObject = { published: name };
  return {
    schemaVersion: 2,
    status: "imported",
    source: sources.join("; "),
    experiment: { name, config, configSha256: jsonSha256(config) },
    arm: {
      label: (OWN_DECODING[algorithm] === decoding ? algorithm : `${algorithm}-${decoding}`)
        .replace(/[^A-Za-z0-9._-]+/g, "_"),
      algorithm,
      preset: null,
      decoding,
      seed: 0,
      objective: null,
    },
    decoding: { text: decoding, matched: false, ...first.sampling },
    model: {
      name: first.base_model,
      source: first.base_model,
      sha256: null,
      parameters: null,
      tokenizerSha256: null,
      promptSha256: null,
      trained: {},
    },
    grader: { name: "as published", version: "unknown" },
    code: { version: "unknown", commit: null, dirty: false, lockSha256: null },
    device: { backend: "unknown", reproducibility: "statistical" },
    datasets: rows.map((row) => ({
      name: row.dataset,
      version: row.dataset_version ?? "unknown",
      sha256: null,
      coverage: { scored: row.correct_counts.length, of: null },
      problems: row.correct_counts.map((c, i) => ({
        id: `${row.dataset}/${String(i).padStart(ID_DIGITS, "0")}`,
        n: row.samples_per_problem,
        c,
      })),
    })),
    thoughtTokens: null,
    answerTokens: null,
    softness: null,
    likeMatched: null,
    training: { steps: 0, curve: [], mismatch: null, notes: [] },
    overlap: { trainingProblems: 0, sharedWithEvaluation: 0 },
    run: { startedAt: importedAt, durationSeconds: 0, host: "" },
  };
}
